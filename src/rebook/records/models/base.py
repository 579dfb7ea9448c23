"""What every row of the ledger has in common."""

from django.db import models


class OrganisationRow(models.Model):
    """A row that belongs to one organisation; nobody else sees it (promise 9)."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class SourceRow(OrganisationRow):
    """A row that a source told us, found again by (source, external id)."""

    source = models.ForeignKey("records.Source", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    # Hash of the fact as imported: an unchanged fact costs no write.
    fact_hash = models.BinaryField(max_length=16)

    class Meta:
        abstract = True


def known(field: str, values: tuple[str, ...]) -> models.Q:
    """Condition of a check constraint: the column holds one of the listed words."""
    return models.Q(**{f"{field}__in": values})
