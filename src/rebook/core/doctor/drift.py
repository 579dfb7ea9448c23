"""What changed in a source between its last two imports that nobody may have meant (field notes, no. 35)."""

from collections.abc import Iterator, Mapping

from .facts import Profile, SourceFacts
from .finding import Finding, Severity

# Share of rows that may go between two imports; and of rows that may lose a value.
# An export of what changed is smaller than one of everything, so this only warns.
ROWS_LOST_WARNS = 0.2
EMPTY_WARNS, EMPTY_STOPS = 0.1, 0.9
# A word that stood in so many rows, or in this share of them, does not vanish by chance.
WORD_ROWS, WORD_SHARE = 20, 0.01
VISITS_JUMP = 2.0
VISITS_ENOUGH = 10.0
LINK = "setup_sources"
DO = "Ask what changed in the export, correct it or the mapping, and read it again."


def drift(source: SourceFacts) -> Iterator[Finding]:
    """Nothing for a source that was read once: there is nothing to compare with."""
    before, now = source.before, source.now
    if before is None or now is None:
        return
    yield from _rows(source.key, before, now)
    yield from _empty(source.key, before, now)
    yield from _words(source.key, before, now)
    yield from _pace(source.key, before, now)


def _rows(key: str, before: Profile, now: Profile) -> Iterator[Finding]:
    for table, had in sorted(before.rows.items()):
        has = now.rows.get(table, 0)
        lost = (had - has) / had if had else 0.0
        if lost > ROWS_LOST_WARNS:
            says = f"'{key}' last named {has:,} {table}, the time before {had:,}"
            yield Finding(f"drift_rows_{table}", "changes", "warn", says, DO, had - has, had, LINK)


def _empty(key: str, before: Profile, now: Profile) -> Iterator[Finding]:
    for column, was in sorted(before.empty.items()):
        share = now.empty.get(column, was)
        if share - was > EMPTY_WARNS:
            severity: Severity = "stop" if share > EMPTY_STOPS and was < 1 - EMPTY_STOPS else "warn"
            name = column.replace(".", ": ").replace("_", " ")
            says = f"in '{key}' {name} is empty in {share:.0%} of rows, the time before in {was:.0%}"
            yield Finding(f"drift_empty_{column}", "changes", severity, says, DO, link=LINK)


def _words(key: str, before: Profile, now: Profile) -> Iterator[Finding]:
    for column in sorted({*before.words, *now.words}):
        had, has = before.words.get(column, {}), now.words.get(column, {})
        name = column.replace(".", ": ").replace("_", " ")
        gone = [one for one in _frequent(had) if one not in has]
        if gone:
            says = f"'{key}' no longer uses {_listed(gone)} ({name})"
            yield Finding(f"drift_gone_{column}", "changes", "warn", says, DO, len(gone), len(had), LINK)
        # What the first import of a kind brings is not new.
        new = [one for one in _frequent(has) if one not in had] if had else []
        if new:
            says = f"'{key}' uses {_listed(new)} for the first time ({name})"
            do = "See that the mapping translates it: an unknown word changes who is listed."
            yield Finding(f"drift_new_{column}", "changes", "warn", says, do, len(new), len(has), LINK)


def _frequent(words: Mapping[str, int]) -> list[str]:
    total = sum(words.values())
    return sorted(one for one, rows in words.items() if rows >= WORD_ROWS or rows > WORD_SHARE * total > 1)


def _listed(words: list[str], most: int = 5) -> str:
    shown = ", ".join(f"'{one}'" for one in words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown


def _pace(key: str, before: Profile, now: Profile) -> Iterator[Finding]:
    was, is_now = before.visits_per_week, now.visits_per_week
    least, most = sorted((was, is_now))
    if most >= VISITS_ENOUGH and most > VISITS_JUMP * least:
        says = f"'{key}' tells of {is_now:.0f} visits a week, the time before of {was:.0f}"
        yield Finding("drift_visits", "changes", "warn", says, DO, link=LINK)
