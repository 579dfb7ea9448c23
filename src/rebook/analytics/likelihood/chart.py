"""What was said against what came true, as a picture; the numbers stand beside it."""

from collections.abc import Sequence

from rebook.analytics.charts import ACCENT, GREY


def calibration_svg(points: Sequence[tuple[float, float, int]], *, width: int = 320) -> str:
    """Points (chance said, share that came true, patients) around the line on which both are equal.

    Returns one SVG document.
    """
    # Imported here: it takes seconds, and most commands and pages draw nothing.
    import altair
    import vl_convert

    most = min(1.0, max([0.1, *(value for said, came, _ in points for value in (said, came))]) * 1.1)
    rows = altair.Data(values=[{"said": said, "came": came, "count": count} for said, came, count in points])
    line = altair.Data(values=[{"said": 0, "came": 0}, {"said": most, "came": most}])
    axis = altair.Axis(format="%", tickCount=5, grid=False)
    x = altair.X("said:Q", title="Chance said", axis=axis, scale=altair.Scale(domain=[0, most]))
    y = altair.Y("came:Q", title="Came true", axis=axis, scale=altair.Scale(domain=[0, most]))
    even = altair.Chart(line).mark_line(color=GREY, strokeDash=[4, 4]).encode(x=x, y=y)
    dots = altair.Chart(rows).mark_circle(color=ACCENT, opacity=0.85, size=70).encode(x=x, y=y)
    shown = (even + dots).properties(width=width, height=width * 3 // 4).configure_view(stroke=None)
    svg: str = vl_convert.vegalite_to_svg(shown.configure(font="system-ui, sans-serif").to_dict())
    return svg
