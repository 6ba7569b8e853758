"""Every test with a browser leaves the server at rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.arriving import all_answered


@pytest.fixture(autouse=True)
def at_rest(transactional_db: None, chromium: Browser, live_server: Any) -> Iterator[None]:
    """Pages are closed and requests answered before the database is emptied for the next test."""
    yield
    for context in chromium.contexts:
        context.close()
    all_answered(live_server.url)
