"""Values and rules, one module per stage of the flow.

Frozen dataclasses and pure functions that hold everything Rebook decides: no Django, no SQL,
no HTTP, no vendor and no clock. `now` and `today` are arguments, so any stage runs on any date.
Also the small protocols that sources, channels and calendars satisfy. The libraries that may be
imported here are listed in `tests/architecture/test_core_is_pure.py`.
"""
