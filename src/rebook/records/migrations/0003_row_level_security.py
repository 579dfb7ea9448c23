"""Inside an organisation's scope the database shows and takes that organisation's rows only (promise 9).

The scope is the session setting ``rebook.organisation`` (``accounts.scope``). Empty means no scope: work that
goes over all practices, such as finding the practice behind a patient's link. The role Rebook connects as
owns the tables, so the policies are forced on it.
"""

from django.db import migrations

TABLES = """
    accounts_auditevent accounts_location accounts_membership
    records_appointment records_attempt records_attemptevent records_automationhold records_booking
    records_campaign records_case records_condition records_consent records_contactpoint records_followup
    records_gap records_gapsignoff records_guarddecision records_holdoutassignment records_importrun
    records_patient records_patientlink records_practitioner records_practitionerhours records_procedure
    records_rejectedrow records_reply records_slotclaim records_snapshot records_source records_stop
    records_task records_templateapproval records_visit records_visittype
""".split()

# Each half is a sub-select without a row in it, so it is computed once per statement and not per row.
POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY one_organisation ON {table} USING (
    (SELECT coalesce(current_setting('rebook.organisation', true), '') = '')
    OR organisation_id = (SELECT nullif(current_setting('rebook.organisation', true), '')::bigint)
);
"""
UNDO = """
DROP POLICY one_organisation ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_constraints")]

    operations = [
        migrations.RunSQL(
            "\n".join(POLICY.format(table=table) for table in TABLES),
            "\n".join(UNDO.format(table=table) for table in TABLES),
        )
    ]
