"""What every failure of the embedded PostgreSQL has in common."""


class UnableToStart(Exception):
    """The embedded PostgreSQL cannot be used. The message says what to do about it.

    `permanent` is true when trying again changes nothing until a person has acted.
    """

    permanent = True
    # The message is enough: no door shows a traceback.
    is_for_people = True
