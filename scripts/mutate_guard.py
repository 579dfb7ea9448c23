"""Break the guard one rule at a time, and say whether the tables and the random histories notice.

    python scripts/mutate_guard.py [--histories 200] [--rule KEY ...] [--json]

Needs no pytest and no database. Leaves with 1 when a rule could be left out unnoticed. Minutes on one core.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parents[1] / "tests" / "spec" / "guard"
sys.path.insert(0, str(TABLES))


def histories_notice(mutant: Any, histories: int) -> bool | None:
    """Whether some random history shows the guard without the rule to be wrong; None: none speaks of it."""
    from guard_mutants import broken
    from hypothesis import Phase, settings
    from hypothesis.stateful import run_state_machine_as_test
    from slow_statement import SENTENCES
    from test_never_past_the_guard import Practice

    from rebook.core.outreach.guard_explain import rule_of

    if mutant.rule not in {rule_of(key) for key, *_ in SENTENCES}:
        return None
    # Found is enough: nobody reads the smallest history here. The same ones every time.
    quick = settings(
        Practice.TestCase.settings,
        max_examples=histories,
        phases=(Phase.generate,),
        derandomize=True,
        database=None,
        print_blob=False,
    )
    with broken(mutant):
        try:
            run_state_machine_as_test(Practice, settings=quick)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--histories", type=int, default=200, help="random histories per rule")
    parser.add_argument("--rule", action="append", default=[], help="only this rule; may be said again")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    from guard_mutants import Mutant, noticed

    from rebook.core.outreach.guard import RULES

    known = [rule.key for rule in RULES]
    if strange := set(asked.rule) - set(known):
        parser.error(f"there is no rule {sorted(strange)[0]}")
    began = time.monotonic()
    found = []
    for key in asked.rule or known:
        row = noticed(Mutant(key))
        by_histories = histories_notice(Mutant(key), asked.histories)
        found.append({"rule": key, "table": row.title if row else "", "histories": by_histories})
        if not asked.json:
            words = {True: "noticed", False: "NOT noticed", None: "tables only"}[by_histories]
            print(f"{key:22} {words:12} {row.title if row else 'NO TABLE NOTICES'}", flush=True)
    missed = [one["rule"] for one in found if not one["table"]]
    unseen = [one["rule"] for one in found if one["histories"] is False]
    answer = {
        "rules": len(found),
        "tables_miss": missed,
        "histories_miss": unseen,
        "seconds": round(time.monotonic() - began, 1),
        "ok": not missed,
    }
    if asked.json:
        print(json.dumps(answer | {"found": found}))
    else:
        print(
            f"{len(found)} rules in {answer['seconds']} s; missed by tables: {', '.join(missed) or 'none'};"
        )
        print(f"by {asked.histories} histories each: {', '.join(unseen) or 'none'}")
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
