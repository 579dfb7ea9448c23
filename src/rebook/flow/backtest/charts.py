"""Three pictures of a result; every figure in them stands in the tables beside."""

from collections.abc import Mapping
from typing import Any

from rebook.analytics.backtest_charts import Line, lines_svg


def charts(result: Mapping[str, Any]) -> dict[str, str]:
    """SVG by name: listed (new listings a week), comeback (came back by themselves), workload (hours)."""
    weeks, settings = result["weeks"], result["settings"]
    # The first week holds everybody who was due already, which would flatten the rest.
    listed = [
        Line(
            one["name"],
            [(week, line["listed"]) for week, line in zip(weeks[1:], one["workload"][1:], strict=True)],
        )
        for one in settings
    ]
    comeback = [
        Line(one["name"], [(0, 0.0), *((line["days"], line["share"]) for line in one["comeback"])])
        for one in settings
    ]
    workload = [
        Line(
            one["name"],
            [(week, line["minutes"] / 60) for week, line in zip(weeks[1:], one["workload"][1:], strict=True)],
        )
        for one in settings
    ]
    return {
        "listed": lines_svg(listed, x_title="week beginning", y_title="newly listed"),
        "comeback": lines_svg(
            comeback, x_title="days after being listed", y_title="back by themselves", is_share=True
        ),
        "workload": lines_svg(workload, x_title="week beginning", y_title="hours of work"),
    }
