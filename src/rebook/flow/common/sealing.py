"""Files kept so that a copy of the database alone does not show them (R-A123).

Sealed with a key made from the installation's secret key, which is kept outside the database. Old keys
(``SECRET_KEY_FALLBACKS``) still open what they sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnableToOpen(Exception):
    """Sealed with a key that this installation no longer has. Trying again does not help."""

    permanent = True


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str | bytes) -> bytes:
    plain = secret if isinstance(secret, bytes) else secret.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rebook.evidence").derive(plain)
    return base64.urlsafe_b64encode(derived)


def seal(content: bytes) -> bytes:
    return _box().encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """Raises ``UnableToOpen``."""
    try:
        return _box().decrypt(sealed)
    except InvalidToken:
        raise UnableToOpen("the file was sealed with another secret key") from None


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
