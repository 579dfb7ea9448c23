"""Stage measure: what outreach brought, recomputed for any day from what the ledger knew then."""

from .printing import report_pdf
from .reporting import (
    ELIGIBLE,
    ReasonCount,
    Report,
    build_report,
    campaign_won,
    funnel_chart,
    reason_label,
    won_chart,
)

__all__ = [
    "ELIGIBLE",
    "ReasonCount",
    "Report",
    "build_report",
    "campaign_won",
    "funnel_chart",
    "reason_label",
    "report_pdf",
    "won_chart",
]
