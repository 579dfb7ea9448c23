"""One Bundle: its entries, and what they call each other."""

from collections.abc import Iterator

import msgspec

from rebook.core.facts import Fact
from rebook.sources.fhir import shape
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.resources import BadResource, bad_json, facts_of, head_of, is_read
from rebook.sources.fhir.values import Targets
from rebook.sources.fhir.versions import AnotherVersion, check_version

_decoder = msgspec.json.Decoder(shape.Bundle)


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
    entries = []
    for entry in bundle.entry:
        if len(entry.resource) and not (entry.request and entry.request.method == "DELETE"):
            entries.append((*head_of(entry.resource), entry))
    inner = Context(context.mapping, context.zone, _targets(entries), context.ignored)
    items: list[Fact | BadResource] = []
    for kind, _, entry in entries:
        try:
            items += facts_of(kind, entry.resource, entry.fullUrl, inner)
        except BadResource as error:
            if error.is_another_version:
                raise
            items.append(error)
    yield from items


def _targets(entries: list[tuple[str, str, shape.Entry]]) -> Targets:
    """What the entries' full URLs stand for."""
    targets = Targets()
    for kind, identity, entry in entries:
        if entry.fullUrl and is_read(kind):
            targets.add(entry.fullUrl, kind, identity or entry.fullUrl.rpartition(":")[2].rpartition("/")[2])
    return targets
