"""The complaint budget at its limits (R-F57, R-A175): counts in, go on, warn or stop out."""

import pytest

from rebook.core.capacity_budget import Batch, judge_batch

# (what, the batch just within, the batch just over, the rule that speaks)
LIMITS = [
    ("opt-outs over 3 % of 100 texts", {"delivered_sms": 100, "opted_out_sms": 3},
     {"delivered_sms": 100, "opted_out_sms": 4}, "opted_out"),
    ("opt-outs of fewer than 100 texts say nothing", {"delivered_sms": 99, "opted_out_sms": 50},
     {"delivered_sms": 100, "opted_out_sms": 50}, "opted_out"),
    ("opt-outs over 3 % of 1,000", {"delivered_sms": 1000, "opted_out_sms": 30},
     {"delivered_sms": 1000, "opted_out_sms": 31}, "opted_out"),
    ("complaints from 0.3 %", {"delivered": 1000, "complained": 2}, {"delivered": 1000, "complained": 3},
     "complaints"),
    ("wrong persons over 5 %", {"delivered": 100, "wrong_number": 5}, {"delivered": 100, "wrong_number": 6},
     "wrong_numbers"),
    ("replies past their time over 10 %", {"replies": 20, "late": 2}, {"replies": 20, "late": 3},
     "replies_late"),
    ("few replies say nothing", {"replies": 9, "late": 9}, {"replies": 10, "late": 9}, "replies_late"),
    ("any missed urgent reply", {"level_1_missed": 0}, {"level_1_missed": 1}, "level_1_missed"),
    ("reported e-mails from 0.3 % in 7 days", {"emails_week": 1000, "email_complaints_week": 2},
     {"emails_week": 1000, "email_complaints_week": 3}, "email_complaints"),
    ("e-mails that come back from 5 % in 7 days", {"emails_week": 100, "email_bounces_week": 4},
     {"emails_week": 100, "email_bounces_week": 5}, "email_bounces"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("within", "over", "rule"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS]
)
def test_each_limit_stops_just_beyond_it(within, over, rule):
    assert judge_batch(Batch(**within)).verdict != "stop"
    found = judge_batch(Batch(**over))
    assert (found.verdict, [reason.rule for reason in found.reasons]) == ("stop", [rule])


# (what, batch, verdict)
WARNINGS = [
    ("reported from 0.1 %", {"emails_week": 1000, "email_complaints_week": 1}, "warn"),
    ("below that", {"emails_week": 1001, "email_complaints_week": 1}, "fine"),
    ("come back from 2 %", {"emails_week": 100, "email_bounces_week": 2}, "warn"),
    ("come back below 2 %", {"emails_week": 101, "email_bounces_week": 2}, "fine"),
    ("few e-mails say nothing", {"emails_week": 99, "email_bounces_week": 50}, "fine"),
    ("nothing at all", {}, "fine"),
]


@pytest.mark.parametrize(
    ("batch", "verdict"), [row[1:] for row in WARNINGS], ids=[row[0] for row in WARNINGS]
)
def test_email_warns_before_it_stops(batch, verdict):
    assert judge_batch(Batch(**batch)).verdict == verdict


def test_every_reason_is_told_with_its_figures():
    found = judge_batch(
        Batch(delivered_sms=200, opted_out_sms=10, delivered=200, complained=2, level_1_missed=1)
    )
    assert [reason.detail for reason in found.reasons] == [
        "1 urgent replies were not seen in time",
        "10 of 200 texts asked to stop (5.0 %; the limit is 3 %)",
        "2 of 200 messages brought complaints (1.0 %; the limit is 0.3 %)",
    ]
