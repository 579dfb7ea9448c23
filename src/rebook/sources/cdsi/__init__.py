"""CDC's supporting data for immunisation (CDSi 4.x XML), which the organisation supplies, as a schedule."""

from .reader import SupportingDataInvalid, read_schedule

__all__ = ["SupportingDataInvalid", "read_schedule"]
