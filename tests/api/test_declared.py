"""The description of the API fits the API; every operation declares its access."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client
from jsonschema_rs import Draft202012Validator

from linli.access.routes import Access
from linli.api.urls import api
from linli.ledger.declaration import registry
from tests.api.conftest import Caller
from tests.api.test_entries import DATA
from tests.cast import Cast

Calls = Callable[..., Caller]


def test_every_operation_declares_its_access() -> None:
    operations = [
        operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    ]
    assert len(operations) > 8
    for operation in operations:
        assert isinstance(getattr(operation.view_func, "access", None), Access), operation.path
        assert operation.auth_callbacks, operation.path


def test_the_description_names_ledgers_and_refusals() -> None:
    schema = json.loads(Caller().get("/openapi.json").text)
    assert schema["openapi"].startswith("3.1")
    for ledger in registry.all_ledgers():
        post = schema["paths"][f"/api/v1/ledgers/{ledger.code}/entries"]["post"]
        assert {"201", "400", "401", "403", "404", "409", "413", "415", "422", "429"} <= set(
            post["responses"]
        )
        assert "application/problem+json" in post["responses"]["422"]["content"]
    assert "/api/v1/entries/{id}/actions/{action}" in schema["paths"]
    assert schema["components"]["securitySchemes"]


@pytest.mark.django_db
def test_the_described_body_is_what_is_taken(people: Cast, calls: Calls) -> None:
    schema = json.loads(Caller().get("/openapi.json").text)
    shape = schema["components"]["schemas"]["Record_visits"]
    assert Draft202012Validator(shape).is_valid({"data": DATA})
    assert not Draft202012Validator(shape).is_valid({"data": {"narrative": "x"}})


@pytest.mark.django_db
def test_the_page_of_the_description_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "http://" not in text
    assert "https://" not in text
