"""Lines of a backtest as SVG: one colour and one dash per setting, with its letter written at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

import vl_convert

# Told apart without colour, too: by the dash and by the letter at the end of each line.
COLOURS = ("#0b6270", "#b4552d", "#566474", "#7a4fa3")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
GREY = "#566474"


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) of one setting; x is an ISO date or a number, y None leaves a hole."""

    name: str
    points: Sequence[tuple[str | int, float | None]]


def lines_svg(
    lines: Sequence[Line],
    *,
    x_title: str,
    y_title: str,
    is_share: bool = False,
    width: int = 560,
    names_above: bool = False,
) -> str:
    """One SVG document. x is a calendar when its values are dates; y is told in percent with ``is_share``.

    ``names_above``: for lines that end at one place, where names at their ends would cover each other.
    """
    # Imported here: it takes seconds, and most commands and pages draw nothing.
    import altair

    rows = [{"x": x, "y": y, "setting": line.name} for line in lines for x, y in line.points if y is not None]
    is_dated = bool(rows) and isinstance(rows[0]["x"], str)
    names = [line.name for line in lines]
    base = altair.Chart(altair.Data(values=rows))
    x = altair.X("x:T", axis=altair.Axis(title=x_title, format="%b %d", grid=False, labelOverlap=True))
    if not is_dated:
        x = altair.X("x:Q", axis=altair.Axis(title=x_title, grid=False))
    # A picture of nothing but zeros lies on its floor.
    scale = altair.Scale(domainMin=0) if any(row["y"] for row in rows) else altair.Scale(domain=[0, 1])
    axis = altair.Axis(title=y_title, format=".0%" if is_share else "~s", tickCount=4)
    y = altair.Y("y:Q", axis=axis, scale=scale)
    legend = altair.Legend(orient="top", title=None, symbolSize=400) if names_above else None
    colour = altair.Color("setting:N", scale=altair.Scale(domain=names, range=list(COLOURS)), legend=legend)
    dash = altair.StrokeDash("setting:N", scale=altair.Scale(domain=names, range=list(DASHES)), legend=legend)
    drawn = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    ends = base.mark_text(align="left", dx=5, fontWeight="bold").encode(
        x=altair.X("x:T" if is_dated else "x:Q", aggregate={"argmax": "x"}),
        y=altair.Y("y:Q", aggregate={"argmax": "x"}),
        text="setting:N",
        color=colour,
    )
    shown = (
        (drawn if names_above else drawn + ends)
        .properties(width=width, height=190)
        .configure_view(stroke=None)
    )
    shown = shown.configure(
        font="system-ui, sans-serif", padding={"left": 5, "right": 24, "top": 8, "bottom": 5}
    )
    svg: str = vl_convert.vegalite_to_svg(shown.configure_axis(labelColor=GREY, titleColor=GREY).to_dict())
    return svg
