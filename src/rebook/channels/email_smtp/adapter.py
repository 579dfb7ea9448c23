"""Hands e-mail to an SMTP server, one connection per message."""

import smtplib
import ssl
from datetime import datetime
from email.utils import parseaddr

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    FailureClass,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)

from .address import SmtpServer
from .codes import FIRST_RETRY_S, classify
from .letter import NotALetter, compose

NOT_CONNECTED = SendResult(
    state="failed", code="not_connected", failure="transient", retry_after_s=FIRST_RETRY_S
)
# Why no letter could be made of a message -> what it asks of us; all else is the message's fault.
NO_LETTER: dict[str, FailureClass] = {
    "bad_address": "permanent_number",
    # A local part beyond ASCII: few servers take it, so another channel has to serve.
    "needs_smtputf8": "permanent_channel",
}


class EmailSmtp:
    """``sender`` is the From address, with or without a display name."""

    def __init__(
        self,
        *,
        server: SmtpServer,
        sender: str,
        key: str = "email_smtp",
        timeout_s: float = 30,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.key = key
        # SMTP cannot be asked afterwards what became of a message.
        self.capabilities = Capabilities(kind="email", receives_replies=False, reports_delivery=False)
        self._server = server
        self._sender = sender
        self._timeout_s = timeout_s
        self._tls = tls or ssl.create_default_context()

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        try:
            letter = compose(message, sender=self._sender, now=now)
        except NotALetter as error:
            return SendResult(state="failed", code=error.code, failure=NO_LETTER.get(error.code, "content"))
        try:
            client = self._connected()
        except smtplib.SMTPResponseException as error:
            return classify(code=error.smtp_code, text=error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            # No STARTTLS or no AUTH where we were told to use it: never fall back to the open wire.
            return SendResult(state="failed", code="not_supported", failure="config")
        except ssl.SSLCertVerificationError:
            return SendResult(state="failed", code="bad_certificate", failure="config")
        except (OSError, smtplib.SMTPException):
            return NOT_CONNECTED
        try:
            return self._hand_over(client, message.to, letter.as_bytes(), str(letter["Message-ID"]))
        finally:
            _part(client)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        client: smtplib.SMTP
        if server.use_ssl:
            client = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout_s, context=self._tls)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=self._timeout_s)
        try:
            client.ehlo_or_helo_if_needed()
            if server.use_starttls:
                client.starttls(context=self._tls)
                client.ehlo()
            if server.user:
                client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
        return client

    def _hand_over(self, client: smtplib.SMTP, to: str, letter: bytes, message_id: str) -> SendResult:
        """Envelope, then content. Only a break after the content began leaves doubt."""
        try:
            for command in (lambda: client.mail(parseaddr(self._sender)[1]), lambda: client.rcpt(to)):
                code, text = command()
                if not 200 <= code < 300:
                    return classify(code=code, text=text)
        except (OSError, smtplib.SMTPException):
            return NOT_CONNECTED
        try:
            code, text = client.data(letter)
        except smtplib.SMTPDataError as error:
            return classify(code=error.smtp_code, text=error.smtp_error)
        except (OSError, smtplib.SMTPException):
            return SendResult(state="unknown", code="dropped_after_data")
        if not 200 <= code < 300:
            return classify(code=code, text=text)
        return SendResult(state="sent", provider_message_id=message_id)

    def look_up(self, reference: str) -> SendResult | None:
        return None

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("SMTP has no webhook")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()


def _part(client: smtplib.SMTP) -> None:
    """Say good-bye where the server still listens; its answer no longer matters."""
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()
