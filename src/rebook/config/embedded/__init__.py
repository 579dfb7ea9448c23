"""The PostgreSQL that Rebook starts by itself when no other is named.

It comes inside a wheel, keeps its data under the home directory, listens on a Unix socket only, is
shared by all Rebook processes of that home and stopped by the last of them.
"""

from rebook.config.embedded.binaries import BinariesMissing
from rebook.config.embedded.cluster import OtherMajorVersion, OwnedBySomebodyElse, UnableToInitialise
from rebook.config.embedded.databases import ensure_database
from rebook.config.embedded.failures import UnableToStart
from rebook.config.embedded.layout import DiskFull, HomeNotWritable, SocketDirectoryUnsafe
from rebook.config.embedded.locks import LockNotReleased
from rebook.config.embedded.owner import UnreachableForServer
from rebook.config.embedded.postmaster import NotAnswering, StartFailed
from rebook.config.embedded.server import EmbeddedServer, ensure_running, release

__all__ = [
    "BinariesMissing",
    "DiskFull",
    "EmbeddedServer",
    "HomeNotWritable",
    "LockNotReleased",
    "NotAnswering",
    "OtherMajorVersion",
    "OwnedBySomebodyElse",
    "SocketDirectoryUnsafe",
    "StartFailed",
    "UnableToInitialise",
    "UnableToStart",
    "UnreachableForServer",
    "ensure_database",
    "ensure_running",
    "release",
]
