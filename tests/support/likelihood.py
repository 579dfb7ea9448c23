"""A practice whose patients come at rates of their own, whose visits are kept or missed, with holdouts."""

import datetime as dt
import itertools

import numpy as np

from rebook.records.models import Appointment, Campaign, Case, CaseSuccess, Gap, Patient, Visit
from support.practice import make_practice

AS_OF = dt.date(2026, 3, 16)
NOW = dt.datetime(2026, 3, 16, 13, tzinfo=dt.UTC)


class StudiedPractice:
    def __init__(self, practice=None, *, as_of=AS_OF, now=NOW):
        self.practice = practice or make_practice("elm-likelihood")
        self.as_of, self.now = as_of, now
        self.id = self.practice.organisation.pk
        self.of = {"organisation": self.practice.organisation}
        self.told = {**self.of, "source": self.practice.source, "fact_hash": bytes(16)}
        self.numbers = itertools.count()

    def patients(self, count, **values):
        rows = [
            Patient(
                **self.told,
                **{
                    "external_id": f"p{next(self.numbers)}",
                    "given_name": "Ana",
                    "family_name": "Secret",
                    **values,
                },
            )
            for _ in range(count)
        ]
        return Patient.objects.bulk_create(rows)

    def visits(self, patients, *, seed=1, years=4):
        """Some come often and go on, some rarely, some stop: what a return model can learn."""
        chance = np.random.default_rng(seed)
        rows = []
        for patient in patients:
            rate, leaves = chance.gamma(0.8, 1 / 120), chance.beta(0.8, 2.4)
            day = float(chance.uniform(0, 365 * years))
            while day < 365 * years:
                at = dt.datetime.combine(self.as_of, dt.time(10), dt.UTC) - dt.timedelta(
                    days=int(365 * years - day)
                )
                rows.append(
                    Visit(**self.told, external_id=f"v{next(self.numbers)}", patient=patient, started_at=at)
                )
                if chance.random() < leaves:
                    break
                day += chance.exponential(1 / rate) + 1
        return Visit.objects.bulk_create(rows)

    def appointments(self, patients, count, *, seed=2, coming=0):
        """Missed more often the longer ago they were booked."""
        chance = np.random.default_rng(seed)
        rows = []
        for number in range(count + coming):
            lead = int(chance.integers(0, 60))
            back = int(chance.integers(1, 700)) if number < count else -int(chance.integers(1, 14))
            at = dt.datetime.combine(self.as_of, dt.time(15), dt.UTC) - dt.timedelta(days=back)
            is_missed = chance.random() < 0.03 + 0.5 * lead / 60
            rows.append(
                Appointment(
                    **self.told,
                    external_id=f"a{next(self.numbers)}",
                    patient=patients[int(chance.integers(0, len(patients)))],
                    status=("noshow" if is_missed else "fulfilled") if number < count else "booked",
                    visit_type="hygiene",
                    starts_at=at,
                    booked_at=at - dt.timedelta(days=lead),
                )
            )
        return Appointment.objects.bulk_create(rows)

    def cases(
        self, *, contacted, came_with, left_alone, came_without, tier="dormant", risk_class=1, days=200
    ):
        """Cases opened ``days`` ago, by arm, and how many of them came back three weeks later."""
        campaign, _ = Campaign.objects.get_or_create(
            **self.of, name="Cleaning", sequence_key="standard", holdout_percent=10
        )
        opened = self.now - dt.timedelta(days=days)
        wanted = [("contact", n < came_with) for n in range(contacted)]
        wanted += [("holdout", n < came_without) for n in range(left_alone)]
        for patient, (arm, came) in zip(self.patients(len(wanted)), wanted, strict=True):
            back = opened + dt.timedelta(days=21) if came else None
            case = Case.objects.create(
                **self.of,
                campaign=campaign,
                patient=patient,
                gap=self.gap(
                    patient, tier=tier, risk_class=risk_class, closed_on=self.as_of, close_reason="x"
                ),
                arm=arm,
                opened_at=opened,
                visit_kept_at=back,
                outcome="visit_kept" if came else "no_response",
                closed_at=self.now,
            )
            if came:
                CaseSuccess.objects.create(
                    **self.of, case=case, definition="visit:120:2", met_at=back, judged_at=back
                )

    def gap(self, patient, *, tier="dormant", risk_class=1, **values):
        return Gap.objects.create(
            **self.of,
            patient=patient,
            definition_key="dental.hygiene",
            kind="interval",
            risk_class=risk_class,
            due_on=self.as_of - dt.timedelta(days=300),
            overdue_on=self.as_of - dt.timedelta(days=270),
            interval_days=184,
            tier=tier,
            opened_on=self.as_of - dt.timedelta(days=250),
            **values,
        )
