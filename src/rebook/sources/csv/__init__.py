"""Practice-management exports as delimited text, read through a mapping file.

``read`` is the door; the mapping's words are described in ``mapping``.
"""

from rebook.sources.csv.mapping import CsvMapping, load_mapping
from rebook.sources.csv.reader import CsvReader

__all__ = ["CsvMapping", "CsvReader", "load_mapping"]
