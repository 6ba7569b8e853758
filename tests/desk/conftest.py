"""The cast for every test of the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast, cast, signed_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def li(people: Cast, client: Client) -> Client:
    """A browser in which 李建国 is signed in."""
    return signed_in(client, people.li)


@pytest.fixture
def wang(people: Cast) -> Client:
    return signed_in(Client(), people.wang)
