"""A practice that gives up a specialty no longer calls anybody for it."""

from datetime import UTC, date, datetime

import pytest

from rebook.flow import packs
from rebook.flow.gaps import find_gaps
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Gap

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)


def test_the_reasons_of_a_pack_that_is_gone_are_closed_by_the_next_run(make_practice):
    practice = make_practice(pack_keys=["dental", "hearing_allergy"])
    practice.put("visit 2025-03-02 hygiene")
    take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    find_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    gap = Gap.objects.get(definition_key="dental.hygiene")
    assert gap.closed_on is None
    packs.remove_pack(organisation_id=practice.id, key="dental", now=NOW, actor="user:1")
    find_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    gap.refresh_from_db()
    assert gap.closed_on == AS_OF
    assert gap.close_reason
