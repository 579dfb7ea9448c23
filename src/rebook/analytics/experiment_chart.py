"""The arms of a test with their intervals, as a picture; the numbers stand beside it."""

from collections.abc import Sequence

from rebook.analytics.charts import ACCENT, GREY


def intervals_svg(arms: Sequence[tuple[str, float, float, float]], *, title: str, width: int = 460) -> str:
    """One line for each arm: (name, share, low, high), shares of one. The first is what the others are held
    against; its share goes down the picture as a dashed line. Returns one SVG document.
    """
    # Imported here: it takes seconds, and most commands and pages draw nothing.
    import altair
    import vl_convert

    rows = [
        {"arm": name, "share": share, "low": low, "high": high, "main": number == 0}
        for number, (name, share, low, high) in enumerate(arms)
    ]
    data = altair.Data(values=rows)
    axis = altair.Axis(format=".0%", tickCount=6, grid=True, gridColor="#e6e9ed", domain=False)
    x = altair.X("low:Q", title=title, axis=axis, scale=altair.Scale(zero=False, nice=True))
    y = altair.Y("arm:N", sort=None, title=None, axis=altair.Axis(labelLimit=180, ticks=False, domain=False))
    colour = altair.condition("datum.main", altair.value(GREY), altair.value(ACCENT))
    base = altair.Chart(data).encode(y=y, color=colour)
    line = base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q")
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(x="share:Q")
    said = base.mark_text(dy=-13, fontSize=11).encode(x="share:Q", text=altair.Text("share:Q", format=".1%"))
    first = altair.Data(values=rows[:1])
    across = altair.Chart(first).mark_rule(color=GREY, strokeDash=[4, 4], opacity=0.7).encode(x="share:Q")
    shown = (across + line + dot + said).properties(width=width, height=46 * max(len(rows), 1))
    chart = shown.configure(font="system-ui, sans-serif").configure_view(stroke=None)
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg
