"""Where mail is handed over: ``smtp://user:password@host:587?starttls=1`` or ``smtps://…``."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit


class SmtpUrlInvalid(Exception):
    """REBOOK_SMTP_URL cannot be used. The value is not shown: it may hold a password."""

    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"REBOOK_SMTP_URL {reason}. Set it to smtp://USER:PASSWORD@HOST:587?starttls=1 or smtps://HOST."
        )


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    use_ssl: bool = False
    use_starttls: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """Raises ``SmtpUrlInvalid``."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise SmtpUrlInvalid("is not an address") from None
        if parts.scheme not in ("smtp", "smtps"):
            raise SmtpUrlInvalid("begins neither with smtp:// nor with smtps://")
        if not parts.hostname:
            raise SmtpUrlInvalid("names no host")
        is_ssl = parts.scheme == "smtps"
        starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] in ("1", "true", "yes")
        return cls(
            host=parts.hostname,
            port=port or (465 if is_ssl else 587 if starttls else 25),
            use_ssl=is_ssl,
            use_starttls=starttls and not is_ssl,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
