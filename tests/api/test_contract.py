"""Schemathesis sends what the description allows, and what it does not: no answer is a mistake of
the server, and every answer is one that is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linli.wsgi import application
from tests.api.conftest import Caller
from tests.cast import Cast, record

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
Calls = Callable[..., Caller]


def test_answers_are_as_described(people: Cast, calls: Calls) -> None:
    for signal in (request_started, request_finished):  # the test's own connection stays
        signal.disconnect(close_old_connections)
    try:
        token = calls(people.li).token
        entry = str(record("visits", people.li, people.room).entry)
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
        for result in schema.get_all_operations():
            _try(result.ok(), token, entry)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _try(operation: Any, token: str, entry: str) -> None:
    @settings(
        max_examples=12, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), known=st.booleans())
    def run(case: Any, known: bool) -> None:
        if known and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = entry
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(
            answer, checks=[
                schemathesis.checks.not_a_server_error,
                schemathesis.specs.openapi.checks.status_code_conformance,
                schemathesis.specs.openapi.checks.content_type_conformance,
                schemathesis.specs.openapi.checks.response_schema_conformance,
            ],
        )  # fmt: skip

    run()
