"""Link tokens: random, short enough for a text message, kept only as a hash."""

import base64
import hashlib

# 128 bits.
TOKEN_BYTES = 16


def new_token(randomness: bytes) -> tuple[str, str]:
    """(token of 22 characters that are safe in an address, hash to store) from 16 random bytes."""
    if len(randomness) < TOKEN_BYTES:
        raise ValueError(f"a token needs {TOKEN_BYTES} random bytes")
    token = base64.urlsafe_b64encode(randomness[:TOKEN_BYTES]).rstrip(b"=").decode()
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal: enough for a value that nobody can guess."""
    return hashlib.sha256(token.encode()).hexdigest()
