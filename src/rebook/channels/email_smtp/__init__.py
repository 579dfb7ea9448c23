"""E-mail over SMTP, to the practice's own mail server or a provider's relay."""

from .adapter import EmailSmtp
from .address import SmtpServer, SmtpUrlInvalid

__all__ = ["EmailSmtp", "SmtpServer", "SmtpUrlInvalid"]
