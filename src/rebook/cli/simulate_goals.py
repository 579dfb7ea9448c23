"""The goals of campaigns in a look ahead, as text."""

from typing import TYPE_CHECKING, Any

from rebook.cli.context import answer_table, console

if TYPE_CHECKING:
    from rebook.flow.lookahead.simulating import LookAhead


def show_goals(found: "LookAhead") -> None:
    """Print when each goal is reached, and what that rests on; nothing where no campaign has one."""
    if not found.goals:
        return
    rows: list[list[Any]] = [
        [
            one.goal.name,
            f"{one.goal.won} of {one.goal.wanted}",
            f"{one.expected.expected:.0f} ({one.expected.low:.0f} to {one.expected.high:.0f})",
            str(one.until_on),
            one.says,
        ]
        for one in found.goals
    ]
    answer_table(
        f"Goals: {found.result.name}", ["campaign", "won back", "expected (9 in 10)", "by", ""], rows
    )
    counts = found.follows.counts
    for line in (
        *dict.fromkeys(f"{one.goal.name} counts {one.goal.counts}." for one in found.goals),
        f"Of those who book {100 * counts.value:.0f} % count "
        f"({100 * counts.low:.0f} to {100 * counts.high:.0f} %): {counts.says}; {found.follows.days_say}.",
    ):
        console.print(line, markup=False, highlight=False)
