"""A vendor on this machine: counts what arrives by reference, and a channel that posts to it."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

from rebook.core.channel import BadSignature, Capabilities, InboundBatch, SendResult


class Sink:
    """Answers 200 to every message; ``received`` counts them by reference, ``/seen/`` tells of one."""

    def __init__(self, *, delay_s=0.0):
        self.received = Counter()
        self.to = {}
        self.delay_s = delay_s
        self.on_message = lambda reference: None
        lock = threading.Lock()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    sink.received[message["reference"]] += 1
                    sink.to[message["reference"]] = message["to"]
                sink.on_message(message["reference"])
                if sink.delay_s:
                    threading.Event().wait(sink.delay_s)
                self._answer(200, {"id": "v-" + message["reference"]})

            def do_GET(self):
                reference = self.path.rpartition("/")[2]
                known = reference in sink.received
                self._answer(200 if known else 404, {"id": "v-" + reference} if known else {})

            def _answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def twice(self):
        return [reference for reference, count in self.received.items() if count > 1]


class SinkChannel:
    """A text-message vendor behind HTTP, for tests."""

    key = "sink"

    def __init__(self, url, *, can_look_up=False):
        self.capabilities = Capabilities(kind="sms", can_look_up=can_look_up)
        self._pool = urllib3.connection_from_url(url, maxsize=32, retries=False, timeout=10)

    def send(self, message, *, now):
        body = json.dumps({"reference": message.reference, "to": message.to, "body": message.body})
        try:
            answer = self._pool.request("POST", "/send", body=body.encode())
        except urllib3.exceptions.NewConnectionError:
            return SendResult(state="failed", code="refused", failure="transient")
        except urllib3.exceptions.HTTPError:
            return SendResult(state="unknown", code="broken")
        return SendResult(state="accepted", provider_message_id=answer.json()["id"])

    def look_up(self, reference):
        answer = self._pool.request("GET", f"/seen/{reference}")
        if answer.status == 404:
            return None
        return SendResult(state="accepted", provider_message_id=answer.json()["id"])

    def verify_signature(self, request):
        raise BadSignature("no webhooks")

    def parse_inbound(self, request, *, now):
        return InboundBatch()
