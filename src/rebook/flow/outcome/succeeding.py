"""Which cases were a success, by the definition frozen with their campaign: written down as facts.

A case is followed from being taken in to the end of its window, whether or not it has ended meanwhile and
whether or not it was ever contacted: only so the two arms can be compared (R-F51).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from rebook.accounts import read as accounts
from rebook.core.outcome.judging import Success, SuccessFacts, judge_success
from rebook.core.outcome.success import USUAL_DAYS
from rebook.records.read import successes as read
from rebook.records.write import successes as write
from rebook.records.write.successes import Judgement

# Records come in late and are corrected: so long after the longest window a success may still be news.
LATE = timedelta(days=30)
AT_ONCE = 5_000


def judge_successes(*, organisation_id: int, satisfying: Mapping[str, frozenset[str]], now: datetime) -> int:
    """Judge every case of which something may be news at ``now``; how many judgements were written.

    A second run at the same instant writes nothing.
    """
    since = now - timedelta(days=USUAL_DAYS) - LATE
    ids = read.watched_cases(organisation_id=organisation_id, since=since, now=now)
    zone = accounts.organisation(organisation_id=organisation_id).time_zone
    plans = read.plans(organisation_id=organisation_id)
    written = 0
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with transaction.atomic(durable=True):
            facts = read.success_facts(
                organisation_id=organisation_id,
                case_ids=some,
                plans=plans,
                satisfying=satisfying,
                zone=zone,
            )
            before = read.judged(organisation_id=organisation_id, case_ids=some)
            news = [
                judgement
                for one in facts
                if (judgement := _news(one, judge_success(one, now=now), before.get(one.case_id)))
            ]
            written += write.add_judgements(organisation_id=organisation_id, judgements=news, now=now)
    return written


def _news(facts: SuccessFacts, found: Success | None, before: read.Judged | None) -> Judgement | None:
    met_at = found.met_at if found else None
    # Of a kept visit that is no success this is said once, so that it need not be asked each day.
    if before is None and met_at is None and facts.visit_kept_at is None:
        return None
    if before is not None and (before.definition, before.met_at) == (facts.rule.key, met_at):
        return None
    return Judgement(facts.case_id, facts.rule.key, met_at, found.appointment_id if found else None)
