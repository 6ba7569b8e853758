"""What every test stands on: a home of its own with a keyring, and a small cast (see cast.py)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before Django reads its settings: each pytest process has a home of its own.
_home = tempfile.mkdtemp(prefix="linli-test-")
os.environ["LINLI_HOME"] = _home
os.environ.setdefault("LINLI_SECRET_KEY", "for tests only")
_url = os.environ.get("LINLI_DATABASE_URL", "")
if not _url.startswith("postgres"):
    os.environ["LINLI_DATABASE_URL"] = f"sqlite:///{_home}/test.sqlite3"

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from django.utils import translation  # noqa: E402
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

from tests import another_day  # noqa: E402

another_day.begin()

# No test is timed: the machine may be busy with others.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    from linli.ground import keyring

    # pytest-django reads the settings before this file is imported.
    settings.HOME = Path(_home)
    settings.MEDIA_ROOT = Path(_home) / "files"
    keyring.create(Path(_home))
    suffix = os.environ.get("LINLI_TEST_DB_SUFFIX", "")
    test = settings.DATABASES["default"].setdefault("TEST", {})
    if _url.startswith("postgres"):
        test["NAME"] = f"test_linli{suffix}"
    else:
        # A file, not memory: threads of the live server and of parallel writers share it.
        test["NAME"] = f"{_home}/test.sqlite3"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def home() -> Path:
    return Path(_home)


@pytest.fixture(autouse=True)
def heads_of_this_test_alone() -> None:
    """The database forgets between tests; the signed heads outside it must do so too."""
    Path(_home, "heads", "heads.log").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def the_language_of_this_test_alone() -> None:
    """A request leaves its language on the thread: no test may lean on the one before it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_ledgers_of_this_test_alone(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own ledgers are kept for two seconds; each test has its own, one without a database none."""
    from linli.ledger.custom import published_designs

    published_designs.forget()
    with_database = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if not with_database and not request.node.get_closest_marker("django_db"):
        nothing = published_designs._Shelf()
        monkeypatch.setattr(published_designs, "_fresh", lambda: nothing)


_teardown = TransactionTestCase._fixture_teardown


def _teardown_without_guards(case: TransactionTestCase) -> None:
    """Transactional tests end with a flush, which the guards of history refuse on SQLite."""
    from linli.history import guards

    if connection.vendor == "sqlite":
        guards.remove(connection)
    _teardown(case)
    if connection.vendor == "sqlite":
        guards.install(connection)


TransactionTestCase._fixture_teardown = _teardown_without_guards  # type: ignore[method-assign]
