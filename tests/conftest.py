"""Every test run has a REBOOK_HOME of its own; the embedded PostgreSQL starts there on demand."""

import atexit
import os
import shutil
import tempfile

import django
from hypothesis import HealthCheck, settings

if "REBOOK_TEST_HOME" not in os.environ:
    # Set before the workers of a parallel run start, so that they share one server.
    home = tempfile.mkdtemp(prefix="rebook-tests-")
    os.environ["REBOOK_TEST_HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)

os.environ["REBOOK_HOME"] = os.environ["REBOOK_TEST_HOME"]
os.environ.pop("REBOOK_DATABASE_URL", None)
os.environ.setdefault("REBOOK_SECRET_KEY", "only-for-tests-" + "0" * 40)

# Here and not in pyproject.toml: pytest-django would read the settings before this file is loaded, and
# the tests would run in the home, and on the database, of whoever starts them.
os.environ["DJANGO_SETTINGS_MODULE"] = "rebook.config.settings"
django.setup()
# WhiteNoise warns about a directory of collected files that is not there; tests serve from the sources.
os.makedirs(os.path.join(os.environ["REBOOK_HOME"], "static"), exist_ok=True)

# How long it takes to invent an input says how busy the machine is (the first text of a fresh one takes
# seconds), nothing about the code under test. What a test may take is pytest's own limit.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
