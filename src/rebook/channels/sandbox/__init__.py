"""A vendor that reaches nobody: keeps what would have gone out and answers as a real one does."""

from .adapter import Behaviour, Sandbox
from .webhooks import signed_webhook

__all__ = ["Behaviour", "Sandbox", "signed_webhook"]
