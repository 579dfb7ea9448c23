"""CDC's supporting data for immunisation (CDSi 4.x XML), supplied by the organisation, as a frozen schedule."""

from .reader import SupportingDataInvalid, read_schedule

__all__ = ["SupportingDataInvalid", "read_schedule"]
