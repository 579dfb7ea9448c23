"""One folder per booking system: slots, hold, confirm, release.

`local` is Rebook's own calendar. No calendar sees the database; `flow` hands it what it needs.
"""
