"""Real patients to try a text on, masked before they leave the database."""

from typing import NamedTuple

from django.db import connection


class MaskedPatient(NamedTuple):
    """Initial and length of a given name, and where the patient goes; nobody can be told from it."""

    initial: str
    letters: int
    language: str
    location_id: int | None

    @property
    def first_name(self) -> str:
        """ "M****": as long as the name itself, in letters that a text message takes."""
        return self.initial + "*" * max(self.letters - 1, 0)


def masked_patients(*, organisation_id: int, language: str, is_default: bool) -> list[MaskedPatient]:
    """Up to three who are due, or else any: of those who read ``language``, with a short name, a middling
    and a long one. ``is_default``: whose language is not known read it too."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH spoken AS (
                SELECT left(p.given_name, 1) AS initial, length(p.given_name) AS letters, p.home_location_id,
                       p.id, EXISTS (SELECT 1 FROM records_gap g WHERE g.patient_id = p.id
                                     AND g.closed_on IS NULL) AS is_due
                FROM records_patient p
                WHERE p.organisation_id = %(org)s AND NOT p.is_deceased AND p.merged_into_id IS NULL
                  AND p.given_name <> '' AND NOT p.do_not_contact
                  AND (split_part(lower(p.language), '-', 1) = %(language)s
                       OR %(is_default)s AND p.language = '')
                ORDER BY is_due DESC, p.id LIMIT 200
            ), ranked AS (
                SELECT *, ntile(3) OVER (ORDER BY letters, id) AS third,
                       row_number() OVER (ORDER BY letters DESC, id) AS from_longest FROM spoken
            )
            SELECT DISTINCT ON (third) initial, letters, %(language)s, home_location_id FROM ranked
            ORDER BY third, CASE WHEN third = 3 THEN from_longest ELSE id END
            """,
            {"org": organisation_id, "language": language, "is_default": is_default},
        )
        return [MaskedPatient._make(row) for row in cursor.fetchall()]


def languages_read(*, organisation_id: int) -> dict[str, int]:
    """How many living patients read each language ("" where it is not known), most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT split_part(lower(language), '-', 1) AS code, count(*) FROM records_patient
            WHERE organisation_id = %s AND NOT is_deceased AND merged_into_id IS NULL
            GROUP BY code ORDER BY count(*) DESC, code
            """,
            [organisation_id],
        )
        return dict(cursor.fetchall())
