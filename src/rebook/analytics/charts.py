"""Charts as SVG, made on the server from one specification for page, e-mail and print.

Charts hold labels and counts only. Numbers stand beside every chart, so that nobody has to read a bar.
"""

from collections.abc import Sequence
from datetime import date

import vl_convert

ACCENT, GREY = "#0b6270", "#566474"
BARS = ["#8a5a00", "#a33b20", "#566474", "#0b6270"]


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
    shown = chart.properties(width=width, height=24 * max(len(bars), 1), title=title)
    # One call: a second one would take back the first.
    made = shown.configure(font="system-ui, sans-serif", view={"strokeWidth": 0})
    svg: str = vl_convert.vegalite_to_svg(made.to_dict())
    return svg


def paired_bars_svg(
    bars: Sequence[tuple[str, str, float | None, str]], *, whose: Sequence[str], width: int = 420
) -> str:
    """Two bars a label, in the order given: how many in a hundred, with the count they stand for at the end.

    ``bars``: [(label, whose, in a hundred, "12 of 40")]; without a share only the words stand there.
    ``whose``: both names, which keep their colours though one is missing.
    """
    import altair

    keys = ("label", "whose", "share", "says")
    values = [dict(zip(keys, (*one[:2], one[2] or 0, one[3]), strict=True)) for one in bars]
    labels = list(dict.fromkeys(one[0] for one in bars))
    base = altair.Chart(altair.Data(values=values)).encode(
        y=altair.Y(
            "label:N",
            sort=labels,
            title=None,
            scale=altair.Scale(paddingInner=0.35),
            axis=altair.Axis(labelLimit=220, ticks=False, domain=False),
        ),
        yOffset=altair.YOffset("whose:N", sort=list(whose), scale=altair.Scale(domain=list(whose))),
        x=altair.X("share:Q", axis=None, scale=altair.Scale(domainMin=0)),
    )
    colour = altair.Color(
        "whose:N",
        scale=altair.Scale(domain=list(whose), range=[ACCENT, GREY]),
        legend=altair.Legend(title=None, orient="top"),
    )
    text = base.mark_text(align="left", dx=4, color=GREY).encode(text="says:N")
    chart = (base.mark_bar().encode(color=colour) + text).properties(width=width, height=46 * len(labels))
    svg: str = vl_convert.vegalite_to_svg(
        # One call: a second one would take back the first.
        chart.configure(font="system-ui, sans-serif", view={"strokeWidth": 0}).to_dict()
    )
    return svg


def weekly_bars_svg(points: Sequence[tuple[str, date, int]], *, width: int = 520) -> str:
    """A row of weekly bars for each name, in the order given, all on one scale.

    ``points``: [(name, the week's Monday, count)]. The figures stand in a table beside it.
    """
    import altair

    values = [{"name": name, "week": on.isoformat(), "count": count} for name, on, count in points]
    names = list(dict.fromkeys(name for name, _, _ in points))
    chart = (
        altair.Chart(altair.Data(values=values))
        .mark_bar(size=max(width * 0.7 / max(len({on for _, on, _ in points}), 1), 2), align="left")
        .encode(
            x=altair.X(
                "week:T", title=None,
                axis=altair.Axis(format="%b %Y", grid=False, tickCount=6),
            ),
            y=altair.Y("count:Q", title=None, axis=altair.Axis(tickMinStep=1, tickCount=2, domain=False)),
            color=altair.Color("name:N", sort=names, scale=altair.Scale(range=BARS), legend=None),
        )
        .properties(width=width, height=44)
        .facet(
            row=altair.Row(
                "name:N",
                sort=names,
                title=None,
                header=altair.Header(
                    labelAngle=0, labelAlign="left", labelPadding=28, labelFontSize=12, labelColor=GREY
                ),
            ),
            spacing=8,
        )
        .configure_view(stroke=None)
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.configure(font="system-ui, sans-serif").to_dict())
    return svg
