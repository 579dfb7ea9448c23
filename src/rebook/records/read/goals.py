"""How many cases campaigns have won back, by the definition of success frozen with each launch (Q-545)."""

from django.db import connection
from django.db.models import OuterRef, Subquery

from rebook.records.models import CaseSuccess

# When the case of the row was won back; NULL where it was not, or was taken back since. For ``annotate``.
WON_AT = Subquery(CaseSuccess.objects.filter(case=OuterRef("pk")).order_by("-pk").values("met_at")[:1])

# Only judged cases are looked at: far fewer than there are cases.
WON = """
SELECT c.campaign_id, count(*) FROM (
    SELECT DISTINCT ON (s.case_id) s.case_id, s.met_at FROM records_casesuccess s
    WHERE s.organisation_id = %(org)s ORDER BY s.case_id, s.id DESC
) newest JOIN records_case c ON c.id = newest.case_id
WHERE newest.met_at IS NOT NULL AND c.arm = 'contact'
GROUP BY 1
"""


def won_by_campaign(*, organisation_id: int) -> dict[int, int]:
    """Contacted cases won back, by campaign; one without any is left out."""
    with connection.cursor() as cursor:
        cursor.execute(WON, {"org": organisation_id})
        return dict(cursor.fetchall())
