"""Letters and postcards without any provider: files to print, in the practice's outbox folder."""

from .adapter import Letters, letter_code
from .printing import (
    PrintedBatch,
    PrintedLetter,
    Sender,
    UnableToPrint,
    merge,
    picture,
    pictures,
    write_batch,
)

__all__ = [
    "Letters",
    "PrintedBatch",
    "PrintedLetter",
    "Sender",
    "UnableToPrint",
    "letter_code",
    "merge",
    "picture",
    "pictures",
    "write_batch",
]
