"""Charts as SVG, made on the server from one specification for page, e-mail and print.

Charts hold labels and counts only. Numbers stand beside every chart, so that nobody has to read a bar.
"""

from collections.abc import Sequence
from datetime import date

import vl_convert

ACCENT, GREY = "#0b6270", "#566474"
# Told apart by their dashes too.
LINES = ["#8a5a00", "#a33b20", "#566474", "#0b6270"]


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


def weekly_lines_svg(points: Sequence[tuple[str, date, int]], *, width: int = 720, height: int = 220) -> str:
    """One line per name over the weeks. ``points``: [(name, the week's Monday, count)]."""
    import altair

    values = [{"name": name, "week": on.isoformat(), "count": count} for name, on, count in points]
    chart = (
        altair.Chart(altair.Data(values=values))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=altair.X("week:T", title=None, axis=altair.Axis(format="%b %Y", grid=False, tickCount=8)),
            y=altair.Y("count:Q", title="patients a week", axis=altair.Axis(tickMinStep=1)),
            color=altair.Color("name:N", sort=None, title=None, scale=altair.Scale(range=LINES)),
            strokeDash=altair.StrokeDash("name:N", sort=None, title=None),
        )
        .properties(width=width, height=height)
        .configure_view(stroke=None)
    )
    svg: str = vl_convert.vegalite_to_svg(chart.configure(font="system-ui, sans-serif").to_dict())
    return svg
