"""A text-message vendor on this machine, for the bench: a process that counts what it is sent.

``python -m rebook.cli.bench_sink`` prints its port, answers every POST and tells its counts on GET.
"""

import asyncio
import json
import sys
from collections import Counter


class Counting(asyncio.Protocol):
    """As much of HTTP/1.1 as a client that keeps its connection needs."""

    def __init__(self, received: Counter[str]) -> None:
        self._received = received
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            whole = end + 4 + length
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        if body:
            reference = json.loads(body)["reference"]
            self._received[reference] += 1
            text = b'{"id": "v-%s"}' % reference.encode()
        else:
            text = json.dumps(self._received).encode()
        assert self._transport
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))


async def serve() -> None:
    received: Counter[str] = Counter()
    server = await asyncio.get_running_loop().create_server(lambda: Counting(received), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
