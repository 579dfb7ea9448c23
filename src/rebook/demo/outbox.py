"""What the sandbox kept, read as the people at the other end would receive it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(r"/p/([\w-]+)")


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrives; ``token`` is the link's, empty when it carries none."""

    provider_message_id: str
    channel: str
    to: str
    body: str
    token: str


@dataclass(slots=True)
class Outbox:
    """Reads each line once, in order of files and lines."""

    directory: Path
    offsets: dict[Path, int] = field(default_factory=dict)

    def new_messages(self) -> Iterator[Received]:
        for path in sorted(self.directory.rglob("*.jsonl")):
            with path.open("rb") as file:
                file.seek(self.offsets.get(path, 0))
                for line in file:
                    yield _received(json.loads(line), channel=path.name.partition("-")[0])
                self.offsets[path] = file.tell()


def _received(kept: dict[str, str], *, channel: str) -> Received:
    found = TOKEN.search(kept["body"])
    return Received(
        provider_message_id=kept["provider_message_id"],
        channel=channel,
        to=kept["to"],
        body=kept["body"],
        token=found.group(1) if found else "",
    )
