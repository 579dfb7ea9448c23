"""Charts as SVG, made on the server from one specification for page, e-mail and print.

Charts hold labels and counts only. Numbers stand beside every chart, so that nobody has to read a bar.
"""

from collections.abc import Sequence

import vl_convert

ACCENT, GREY = "#0b6270", "#566474"


def bars_svg(bars: Sequence[tuple[str, int]], *, width: int = 420, title: str = "") -> str:
    """Horizontal bars, in the order given, each with its count written at its end.

    ``bars``: [(label, count)]. Returns one SVG document; an empty list gives an empty chart.
    """
    # Imported here: it takes seconds, and most commands and pages draw nothing.
    import altair

    data = altair.Data(values=[{"label": label, "count": count} for label, count in bars])
    base = altair.Chart(data).encode(
        y=altair.Y(
            "label:N", sort=None, title=None, axis=altair.Axis(labelLimit=220, ticks=False, domain=False)
        ),
        x=altair.X("count:Q", axis=None),
    )
    chart = base.mark_bar(color=ACCENT, height=16) + base.mark_text(align="left", dx=4, color=GREY).encode(
        text=altair.Text("count:Q", format=",d")
    )
    shown = chart.properties(width=width, height=24 * max(len(bars), 1), title=title).configure_view(
        stroke=None
    )
    svg: str = vl_convert.vegalite_to_svg(shown.configure(font="system-ui, sans-serif").to_dict())
    return svg
