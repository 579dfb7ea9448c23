"""Where the portal's FHIR server is and how we are let in."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class PortalUrlInvalid(ValueError):
    """The address cannot be used; the message says why. Trying again needs another setting."""

    permanent = True


@dataclass(frozen=True, slots=True)
class FhirServer:
    """``base`` without a slash at its end; ``token`` is sent as a bearer token, none when empty."""

    base: str
    token: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str, *, token: str = "") -> "FhirServer":
        """Raises ``PortalUrlInvalid``: messages about patients travel by https, except within one machine."""
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise PortalUrlInvalid("the portal's address begins with https:// and names a server")
        if parts.scheme == "http" and parts.hostname not in _HERE:
            raise PortalUrlInvalid(
                "the portal's address begins with https://, for it carries patients' names"
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise PortalUrlInvalid("the portal's address holds no user, question mark or #")
        return cls(base=url.rstrip("/"), token=token)
