"""Why a patient cannot be taken into a campaign now: one statement, for counting and for enrolling."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

# Expects ``p`` (the patient) and ``needed`` (visit type of the gap, '' when any). Empty text: nothing bars.
# Person-level hindrances that no step could get past; the guard still judges every attempt.
BARRED = """
CASE
  WHEN p.merged_into_id IS NOT NULL THEN 'merged'
  WHEN p.is_deceased THEN 'deceased'
  WHEN p.left_practice_on IS NOT NULL THEN 'left_practice'
  WHEN p.do_not_contact THEN 'do_not_contact'
  WHEN EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = p.id AND a.starts_at > %(now)s
      AND a.status IN ('proposed', 'pending', 'booked', 'arrived', 'checked-in')
      AND (a.visit_type = '' OR needed = '' OR a.visit_type = needed))
      THEN 'appointment_booked'
  WHEN p.exclusions && %(barring)s::varchar[] THEN 'excluded'
  WHEN EXISTS (SELECT 1 FROM records_automationhold h WHERE h.patient_id = p.id
      AND h.released_at IS NULL AND (h.until_at IS NULL OR h.until_at > %(now)s)) THEN 'hold'
  WHEN (SELECT k.state FROM records_consent k WHERE k.patient_id = p.id AND k.channel = 'all'
      AND k.contact_value = '' AND k.purpose IN ('all', %(purpose)s)
      ORDER BY k.at DESC, k.id DESC LIMIT 1) = 'revoked' THEN 'opted_out'
  WHEN NOT EXISTS (SELECT 1 FROM records_contactpoint cp
      WHERE cp.patient_id IN (p.id, p.responsible_patient_id) AND cp.is_current
      AND cp.state IN ('unverified', 'verified'))
    -- Whoever has only an address is reached where the practice writes letters.
    AND (p.address_line = '' OR p.city = '' OR p.postal_code = '' OR NOT EXISTS (
      SELECT 1 FROM accounts_organisation o WHERE o.id = p.organisation_id
        AND coalesce(o.settings -> 'channels' ->> 'letter', '') <> ''))
    -- Whoever has only a chart in the portal, where the practice writes into it.
    AND NOT EXISTS (SELECT 1 FROM records_source s JOIN accounts_organisation o ON o.id = s.organisation_id
      WHERE s.id = p.source_id AND s.kind = 'fhir'
        AND coalesce(o.settings -> 'channels' ->> 'portal', '') <> '') THEN 'contact_missing'
  ELSE ''
END
"""


def barring_parameters(*, now: datetime, purpose: str, barring: Sequence[str]) -> dict[str, Any]:
    """``barring``: the exclusion words that bar every recall; ``purpose`` as in consents."""
    return {"now": now, "purpose": purpose, "barring": list(barring)}
