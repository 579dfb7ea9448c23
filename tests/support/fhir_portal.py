"""A FHIR R4 server as a patient portal has one: keeps ``Communication``, creates conditionally, can be
searched by ``_id`` and ``identifier``, page by page, and lets a patient open what is there."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


class Portal:
    """``base`` is its address; ``kept`` what it has, by identifier. Set ``answers`` to a list of (status,
    headers) to be given instead, one for each request that writes, ``search_answers`` likewise for those that
    ask; "hang up" drops the connection after keeping. ``page_size`` is the most it gives at once,
    ``names_what_is_there`` whether it says where a message is that it had already (R4 does not ask for it),
    ``stamps_arrival`` whether it sets ``received`` itself as soon as it has a message."""

    def __init__(self):
        self.kept = {}
        self.requests = []
        self.searches = []
        self.answers = []
        self.search_answers = []
        self.token = ""
        self.patients = None
        self.page_size = 1000
        self.names_what_is_there = True
        self.stamps_arrival = False
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
            arrived = {"received": resource["sent"]} if self.stamps_arrival else {}
            self.kept[name] = {**resource, "id": number, **arrived}
            return 201, number

    def open(self, number, at):
        """The patient opens a message, or with ``at`` None says that it is unread after all."""
        resource = self.numbered(number)
        if at is None:
            resource.pop("received", None)
        else:
            resource["received"] = at if isinstance(at, str) else at.isoformat()

    def numbered(self, number):
        return next(one for one in self.kept.values() if one["id"] == number)

    def found(self, query):
        """A searchset: values parted by commas are alternatives, parameters apart all hold (R4, 3.1.1)."""
        asked = {name: ",".join(values).split(",") for name, values in parse_qs(query).items()}
        rows = [
            {"identifier": name, **resource}
            for name, resource in self.kept.items()
            if ("_id" not in asked or resource["id"] in asked["_id"])
            and ("identifier" not in asked or name in asked["identifier"])
        ]
        start = int(asked.get("page", ["0"])[0])
        size = min(int(asked.get("_count", ["1000"])[0]), self.page_size)
        names = {"id", "resourceType", *asked.get("_elements", ())}
        entry = [
            {"resource": self._shown(self.numbered(one["id"]), names if "_elements" in asked else None)}
            for one in rows[start : start + size]
        ]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(rows), "entry": entry}
        if start + size < len(rows):
            more = urlencode({**{k: ",".join(v) for k, v in asked.items()}, "page": start + size})
            bundle["link"] = [{"relation": "next", "url": f"{self.base}/Communication?{more}"}]
        return bundle

    def _shown(self, resource, names):
        """With _elements a server gives those and what must be there, and says that it left some out."""
        if names is None:
            return resource
        shown = {name: value for name, value in resource.items() if name in names | {"status"}}
        return {**shown, "meta": {"tag": [SUBSETTED]}}


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
            if self._is_stranger():
                return
            resource = json.loads(body)
            if portal.patients is not None and resource["subject"]["reference"] not in portal.patients:
                self._answer(422, {})
                return
            condition = self.headers.get("If-None-Exist", "").removeprefix("identifier=")
            status, number = portal.keep(condition, resource)
            if scripted == "hang up":
                self._hang_up()
                return
            says = status == 201 or portal.names_what_is_there
            self._answer(
                status, {"Location": f"{portal.base}/Communication/{number}/_history/1"} if says else {}
            )

        def do_GET(self):
            portal.searches.append((self.path, dict(self.headers)))
            scripted = portal.search_answers.pop(0) if portal.search_answers else None
            if scripted == "hang up":
                self._hang_up()
            elif scripted:
                self._answer(*scripted)
            elif not self._is_stranger():
                body = json.dumps(portal.found(urlsplit(self.path).query)).encode()
                self._answer(200, {"Content-Type": "application/fhir+json"}, body)

        def _is_stranger(self):
            if portal.token and self.headers.get("Authorization") != f"Bearer {portal.token}":
                self._answer(401, {})
                return True
            return False

        def _hang_up(self):
            self.close_connection = True
            self.connection.close()

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
