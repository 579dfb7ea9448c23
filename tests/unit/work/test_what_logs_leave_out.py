"""Logs say where something failed, never whom it was about (promise 12)."""

import io
import logging
from importlib import import_module
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from rebook.work.logs import BareFormatter, bare_traceback

SOMEBODY = "Rosa " + "Delgado"


def failure_about(name):
    try:
        try:
            {}[name]
        except KeyError as error:
            raise ValueError(f"no row for {name}") from error
    except ValueError as error:
        return error


def logged(write):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(BareFormatter("%(levelname)s %(message)s"))
    logger = logging.Logger("sample")
    logger.addHandler(handler)
    write(logger)
    return stream.getvalue()


def test_a_traceback_names_places_and_kinds_but_no_message_and_no_values():
    said = bare_traceback(failure_about("Rosa Delgado"))
    assert "Delgado" not in said
    assert "failure_about" in said
    assert "builtins.KeyError" in said
    assert said.index("builtins.KeyError") < said.index("builtins.ValueError")


def test_what_is_missing_in_the_code_is_said():
    with pytest.raises(ImportError) as raised:
        import_module("rebook.nowhere")
    assert "rebook.nowhere" in bare_traceback(raised.value)


def test_a_module_looked_up_by_a_value_is_not_said():
    """zoneinfo imports a package named after the zone, and says that name."""
    with pytest.raises(ZoneInfoNotFoundError) as raised:
        ZoneInfo("Delga" + "do/Rosa")
    said = bare_traceback(raised.value)
    assert "ModuleNotFoundError" in said
    assert "Delgado" not in said


def test_a_suppressed_cause_stays_out():
    error = LookupError("gone")
    error.__context__ = failure_about(SOMEBODY)
    assert "ValueError" in bare_traceback(error)
    error.__suppress_context__ = True
    assert "ValueError" not in bare_traceback(error)


def test_logged_exceptions_are_bare_even_when_a_handler_before_kept_the_text():
    def write(logger):
        try:
            raise failure_about(SOMEBODY)
        except ValueError as error:
            record = logger.makeRecord(
                "sample", logging.ERROR, "f", 1, "a job failed", (), (type(error), error, error.__traceback__)
            )
            record.exc_text = "ValueError: no row for Rosa Delgado"
            logger.handle(record)

    said = logged(write)
    assert said.startswith("ERROR a job failed\nTraceback")
    assert "Delgado" not in said


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("Not Found: /p/Xk29-secret", "Not Found: /p/..."),
        ("Not Found: /p/Xk29-secret/times/", "Not Found: /p/.../times/"),
        ("Forbidden: /in/sandbox/k3y-secret?x=1", "Forbidden: /in/sandbox/...?x=1"),
        ("Not Found: /patients/12", "Not Found: /patients/12"),
        ("Not Found: /static/p.css", "Not Found: /static/p.css"),
    ],
)
def test_tokens_in_addresses_are_left_out(address, kept):
    assert logged(lambda logger: logger.warning("%s", address)) == f"WARNING {kept}\n"


def test_the_settings_write_everything_through_it():
    handlers = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert handlers
    assert all(isinstance(handler.formatter, BareFormatter) for handler in handlers)
