"""A FHIR server as a patient portal has one: keeps ``Communication``, creates conditionally, can be asked."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Portal:
    """``base`` is its address; ``kept`` what it has, by identifier. Set ``answers`` to a list of (status,
    headers) to be given instead, one for each request; "hang up" drops the connection after keeping."""

    def __init__(self):
        self.kept = {}
        self.requests = []
        self.answers = []
        self.token = ""
        self.patients = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}/fhir"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def keep(self, condition, resource):
        """(status, id), as a server does with If-None-Exist: 201 once, 200 ever after."""
        with self._lock:
            if condition and condition in self.kept:
                return 200, self.kept[condition]["id"]
            number = f"com-{len(self.kept) + 1}"
            name = "|".join(resource["identifier"][0][part] for part in ("system", "value"))
            self.kept[name] = {**resource, "id": number}
            return 201, number


@contextmanager
def fhir_portal():
    portal = Portal()
    try:
        yield portal
    finally:
        portal.close()


def _handler(portal):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            portal.requests.append((self.path, dict(self.headers), body))
            scripted = portal.answers.pop(0) if portal.answers else None
            if scripted and scripted != "hang up":
                self._answer(*scripted)
                return
            if portal.token and self.headers.get("Authorization") != f"Bearer {portal.token}":
                self._answer(401, {})
                return
            resource = json.loads(body)
            if portal.patients is not None and resource["subject"]["reference"] not in portal.patients:
                self._answer(422, {})
                return
            condition = self.headers.get("If-None-Exist", "").removeprefix("identifier=")
            status, number = portal.keep(condition, resource)
            if scripted == "hang up":
                self.close_connection = True
                self.connection.close()
                return
            self._answer(status, {"Location": f"{portal.base}/Communication/{number}/_history/1"})

        def do_GET(self):
            wanted = parse_qs(urlsplit(self.path).query)["identifier"][0]
            found = portal.kept.get(wanted)
            entry = [{"resource": {"resourceType": "Communication", "id": found["id"]}}] if found else []
            body = json.dumps({"resourceType": "Bundle", "total": len(entry), "entry": entry}).encode()
            self._answer(200, {"Content-Type": "application/fhir+json"}, body)

        def _answer(self, status, headers, body=b""):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler
