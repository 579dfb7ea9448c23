"""Practice-management exports as delimited text, read through a mapping file.

``CsvReader`` is the door; the words of a mapping file are described in ``shape``.
"""

from rebook.sources.csv.mapping import load_mapping
from rebook.sources.csv.reader import CsvReader
from rebook.sources.csv.shape import CsvMapping

__all__ = ["CsvMapping", "CsvReader", "load_mapping"]
