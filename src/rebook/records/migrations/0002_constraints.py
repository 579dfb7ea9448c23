"""What the model layer cannot say: walls between organisations, one claim per seat, append-only consent.

Every reference from a row to a row carries the organisation with it, so that the database refuses a
row of one organisation that points at another's (promise 9).
"""

from django.db import migrations

PATIENT = ("patient_id", "records_patient")
CASE = ("case_id", "records_case")
ATTEMPT = ("attempt_id", "records_attempt")
LOCATION = ("location_id", "accounts_location")
PRACTITIONER = ("practitioner_id", "records_practitioner")
SOURCE = ("source_id", "records_source")

REFERENCES = {
    "records_patient": [SOURCE, PRACTITIONER, ("home_location_id", "accounts_location"),
                        ("responsible_patient_id", "records_patient"), ("merged_into_id", "records_patient")],
    "records_contactpoint": [PATIENT],
    "records_consent": [PATIENT],
    "records_automationhold": [PATIENT],
    "records_practitioner": [SOURCE, LOCATION],
    "records_practitionerhours": [PRACTITIONER, LOCATION],
    "records_appointment": [SOURCE, PATIENT, LOCATION, PRACTITIONER],
    "records_visit": [SOURCE, PATIENT, LOCATION, PRACTITIONER],
    "records_procedure": [SOURCE, PATIENT],
    "records_condition": [SOURCE, PATIENT],
    "records_followup": [SOURCE, PATIENT, PRACTITIONER],
    "records_gap": [PATIENT, LOCATION],
    "records_case": [PATIENT, ("campaign_id", "records_campaign"), ("gap_id", "records_gap"),
                     ("appointment_id", "records_appointment")],
    "records_attempt": [PATIENT, CASE, ("contact_point_id", "records_contactpoint")],
    "records_attemptevent": [ATTEMPT],
    "records_guarddecision": [PATIENT, ATTEMPT, CASE],
    "records_reply": [PATIENT, CASE, ATTEMPT],
    "records_task": [PATIENT, CASE, ATTEMPT, ("reply_id", "records_reply")],
    "records_patientlink": [PATIENT, CASE, ATTEMPT],
    "records_slotclaim": [PATIENT, PRACTITIONER, LOCATION],
    "records_booking": [PATIENT, CASE, ATTEMPT, ("appointment_id", "records_appointment")],
}  # fmt: skip


def walls() -> tuple[str, str]:
    forward, backward = [], []
    for table, references in REFERENCES.items():
        for column, target in references:
            name = f"{table.removeprefix('records_')}_{column.removesuffix('_id')}_same_organisation"
            forward.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organisation_id, {column})"
                f" REFERENCES {target} (organisation_id, id) DEFERRABLE INITIALLY DEFERRED;"
            )
            backward.append(f"ALTER TABLE {table} DROP CONSTRAINT {name};")
    return "\n".join(forward), "\n".join(backward)


# Ranges of one number stand in for equality: the embedded server carries no btree_gist.
SLOT_CLAIMED_ONCE = """
ALTER TABLE records_slotclaim ADD CONSTRAINT slot_claimed_once EXCLUDE USING gist (
    int8range(practitioner_id, practitioner_id, '[]') WITH &&,
    int4range(seat, seat, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (released_at IS NULL);
"""

CONSENT_APPEND_ONLY = """
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON records_consent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("accounts", "0002_audit_append_only")]

    operations = [
        migrations.RunSQL(*walls()),
        migrations.RunSQL(
            SLOT_CLAIMED_ONCE, "ALTER TABLE records_slotclaim DROP CONSTRAINT slot_claimed_once;"
        ),
        migrations.RunSQL(CONSENT_APPEND_ONLY, "DROP TRIGGER consent_append_only ON records_consent;"),
    ]
