"""Where there is ink on a picture that Rebook drew: PNG with 8 bits a channel, not interlaced."""

import struct
import zlib

import numpy as np

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def ink(png):
    """True where a dot is darker than paper; rows from above, by columns from the left."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (png[:8], depth) == (b"\x89PNG\r\n\x1a\n", 8)
    size, at, data = _CHANNELS[kind], 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * size)
    dots = np.zeros((height + 1, (width + 1) * size), np.int32)
    for y in range(height):
        _undo(rows[y], dots, y, size)
    shown = dots[1:, size:].reshape(height, width, size)
    return shown[:, :, : 1 if size < 3 else 3].min(axis=2) < 230


def _undo(row, dots, y, size):
    """The filters of PNG (section 9): a dot is told by those left of it and above."""
    kind, line = int(row[0]), row[1:].astype(np.int32)
    above, now = dots[y], dots[y + 1]
    if kind in (0, 2):
        now[size:] = (line + (above[size:] if kind else 0)) % 256
        return
    for x in range(len(line)):
        left, up, corner = now[x], above[x + size], above[x]
        guess = left if kind == 1 else (left + up) // 2 if kind == 3 else _nearest(left, up, corner)
        now[x + size] = (line[x] + guess) % 256


def _nearest(left, up, corner):
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
