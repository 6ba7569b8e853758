"""Waiting for pages as a person does: nothing is asserted about a page that is still coming."""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.error
import urllib.request
from contextlib import AbstractContextManager
from typing import Any

from playwright.sync_api import Locator, Page, expect

PATIENCE = 30_000  # milliseconds: the machine may be busy with others

expect.set_options(timeout=PATIENCE)


def arrives(page: Page) -> AbstractContextManager[Any]:
    """What is done inside brings a page: it is there, with its scripts, when the block ends.

    By the event of a page that was loaded, not by its address: a form that is refused comes back
    under the same one, and autosave changes the address of a page that stays.
    """
    return page.expect_event("load")


def focused(page: Page) -> None:
    """The form is ready for keys: its first field has the cursor."""
    expect(page.locator("form.form :focus")).to_have_count(1)


def takes_keys(one: Locator) -> None:
    """What the next key is meant for has the focus. That a page was loaded says nothing about it:
    the browser gives the focus when it first draws the page."""
    expect(one).to_be_focused()


def all_answered(address: str) -> None:
    """The live server has nothing under way, so that the next test's database is its own.

    A browser that is closed does not stop a request: it would write after the flush.
    """
    # Connections are taken in order: when this one is answered, all before it are threads.
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"{address}/healthz", timeout=PATIENCE / 1000).read()
    until = time.monotonic() + PATIENCE / 1000
    while _answering():
        assert time.monotonic() < until, "a request of the last test is still under way"
        time.sleep(0.01)


def _answering() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if "process_request_thread" in one.name]
