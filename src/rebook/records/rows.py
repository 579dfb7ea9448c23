"""Many rows as one parameter: PostgreSQL reads JSON far faster than Python writes arrays."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson


def as_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    """For ``json_to_recordset(%s::json) AS v(id bigint, at timestamptz ...)``; None becomes NULL."""
    return orjson.dumps(list(rows)).decode()


def as_ids(ids: Iterable[int]) -> str:
    """For ``%s::bigint[]``."""
    return "{" + ",".join(map(str, ids)) + "}"


def as_texts(values: Iterable[str]) -> str:
    """For ``ANY(ARRAY(SELECT json_array_elements_text(%s::json)))``."""
    return orjson.dumps(list(values)).decode()
