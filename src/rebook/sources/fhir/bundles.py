"""One Bundle: its entries, and what they call each other."""

from collections.abc import Iterator

import msgspec

from rebook.core.facts import Fact
from rebook.sources.fhir import shape
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.resources import BadResource, bad_json, facts_of, is_read, kind_of
from rebook.sources.fhir.values import Targets
from rebook.sources.fhir.versions import AnotherVersion, check_version

_decoder = msgspec.json.Decoder(shape.Bundle)


class _Identity(msgspec.Struct):
    id: str = ""


_identity_decoder = msgspec.json.Decoder(_Identity)


def bundle_facts(content: bytes, context: Context) -> Iterator[Fact | BadResource]:
    """The facts of every entry, and each entry that cannot be taken. Raises BadResource for the whole.

    A Bundle in another version of FHIR is refused whole: patients without visits would look lapsed.
    """
    try:
        bundle = _decoder.decode(content)
        check_version(bundle)
    except AnotherVersion as error:
        raise BadResource("Bundle", error.field, str(error), is_another_version=True) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_json("Bundle", error) from None
    entries = [
        (kind_of(entry.resource), entry)
        for entry in bundle.entry
        if len(entry.resource) and not (entry.request and entry.request.method == "DELETE")
    ]
    inner = Context(context.mapping, context.zone, _targets(entries), context.ignored)
    items: list[Fact | BadResource] = []
    for kind, entry in entries:
        try:
            items += facts_of(kind, entry.resource, entry.fullUrl, inner)
        except BadResource as error:
            if error.is_another_version:
                raise
            items.append(error)
    yield from items


def _targets(entries: list[tuple[str, shape.Entry]]) -> Targets:
    """Full URLs that do not already end in the resource's own id."""
    targets = Targets()
    for kind, entry in entries:
        if not entry.fullUrl or not is_read(kind):
            continue
        identity = entry.fullUrl.rpartition(":")[2].rpartition("/")[2]
        own = _own_id(entry.resource)
        targets.add(entry.fullUrl, kind, own or identity)
    return targets


def _own_id(content: msgspec.Raw) -> str:
    try:
        return _identity_decoder.decode(content).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
