"""Many patients at once on the real pages over HTTP: what each of them saw, and how fast."""

import html
import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SLOT = re.compile(r'name="slot" value="([^"]+)"')
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Guest:
    """A patient with a link, and what they answer when asked who they are."""

    token: str
    birth_on: tuple[int, int, int]
    postal_code: str = ""


@dataclass(slots=True)
class Seen:
    """What one patient went through. ``problem`` is a page that should never come up."""

    is_booked: bool = False
    was_told_taken: int = 0
    problem: str = ""
    took_s: float = 0.0
    request_ms: list[float] = field(default_factory=list)
    confirm_ms: float = 0.0


def storm(base_url: str, guests: Sequence[Guest], *, seed: int = 1) -> list[Seen]:
    """All guests open their links at the same instant and try to book until they have or nothing is left."""
    connections = urllib3.connection_from_url(base_url, maxsize=len(guests), timeout=120, retries=False)
    start = threading.Barrier(len(guests) + 1)
    seen = [Seen() for _ in guests]
    threads = [
        threading.Thread(target=_Visit(connections, guest, one, random.Random(seed + number), start).run)
        for number, (guest, one) in enumerate(zip(guests, seen, strict=True))
    ]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    connections.close()
    return seen


class _Visit:
    """One patient in a browser without scripts."""

    def __init__(
        self,
        connections: urllib3.HTTPConnectionPool,
        guest: Guest,
        seen: Seen,
        chance: random.Random,
        start: threading.Barrier,
    ) -> None:
        self.connections = connections
        self.guest = guest
        self.seen = seen
        self.chance = chance
        self.start = start
        self.cookies: dict[str, str] = {}
        self.path = self.text = ""

    def run(self) -> None:
        self.start.wait()
        began = time.perf_counter()
        try:
            self._book()
        except Exception as error:
            self.seen.problem = f"{type(error).__name__}: {error}"
        self.seen.took_s = time.perf_counter() - began

    def _book(self) -> None:
        self._open("")
        for _ in range(_TRIES):
            times = [html.unescape(value) for value in _SLOT.findall(self.text)]
            if not times:
                return
            self._press("time", slot=self.chance.choice(times))
            if self.path.endswith("/check"):
                month, day, year = self.guest.birth_on
                self._press("check", month=month, day=day, year=year, postal_code=self.guest.postal_code)
            if self.path.endswith("/confirm"):
                before = time.perf_counter()
                self._press("confirm")
                self.seen.confirm_ms = (time.perf_counter() - before) * 1000
                if self.path.endswith("/visit"):
                    self.seen.is_booked = True
                    return
            if self.path.endswith(("/time", "/check")):
                # No redirect: the page says that the time is gone.
                self.seen.was_told_taken += 1
                if _SLOT.search(self.text):
                    self._open("times")
        self.seen.problem = f"still trying after {_TRIES} times"

    def _open(self, page: str) -> None:
        self._send("GET", f"/p/{self.guest.token}" + (f"/{page}" if page else ""), None)

    def _press(self, page: str, **values: object) -> None:
        found = _CSRF.search(self.text)
        values["csrfmiddlewaretoken"] = found.group(1) if found else ""
        self._send("POST", f"/p/{self.guest.token}/{page}", urlencode(values))

    def _send(self, method: str, path: str, body: str | None) -> None:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        before = time.perf_counter()
        answer = self.connections.request(method, path, body=body, headers=headers, redirect=False)
        self.seen.request_ms.append((time.perf_counter() - before) * 1000)
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status == 303:
            self._send("GET", answer.headers["Location"], None)
            return
        self.path, self.text = path, answer.data.decode()
        if answer.status != 200:
            raise UnexpectedPage(f"{answer.status} for {method} of {path.rpartition('/')[2]}")


class UnexpectedPage(Exception):
    """The server answered with something no patient should see."""

    permanent = True
