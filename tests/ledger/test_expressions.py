"""Expressions of own ledgers: one table of cases, worked out in Python and in the browser."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import sync_playwright

from linli.ledger.declaration.expressions import (
    CircularError,
    RefusedExpressionError,
    Scope,
    in_order,
    judge,
    names_in,
    read,
)
from tests.house.source import ROOT

TABLE = json.loads((Path(__file__).parent / "expressions.json").read_text("utf-8"))
TWIN = ROOT / "linli" / "ledger" / "static" / "ledger" / "expressions.js"


def named(case: dict[str, Any]) -> str:
    return case["expression"][:40]


def same(found: Any, wanted: Any) -> bool:
    """1 and true are two things, 1 and 1.0 are not."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


@pytest.mark.parametrize("case", TABLE["cases"], ids=named)
def test_a_case_in_python(case: dict[str, Any]) -> None:
    tree = json.loads(json.dumps(read(case["expression"])))
    scope = Scope(TABLE["values"], case.get("own", ""), TABLE["today"], TABLE["now"])
    assert same(judge(tree, scope), case["is"]), judge(tree, scope)


@pytest.mark.parametrize("case", TABLE["refused"], ids=named)
def test_what_is_not_offered_is_refused_with_what_to_write(case: dict[str, Any]) -> None:
    with translation.override("en"):  # a lazy message takes its language when it is shown
        with pytest.raises(RefusedExpressionError) as refused:
            read(case["expression"])
        assert case["because"] in str(refused.value.message)


def test_a_refusal_says_where() -> None:
    with pytest.raises(RefusedExpressionError) as refused:
        read("${a} = 1 and coalesce(${b}, 0)")
    assert refused.value.at == 14


@pytest.mark.browser
def test_the_twin_in_the_browser_says_the_same() -> None:
    cases = [
        {"tree": read(case["expression"]), "own": case.get("own", ""), "is": case["is"]}
        for case in TABLE["cases"]
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.route(
            "**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
        )
        page.route(
            "**/expressions.js",
            lambda route: route.fulfill(
                body=TWIN.read_text("utf-8"), content_type="text/javascript; charset=utf-8"
            ),
        )
        page.goto("http://linli.test/")
        found = page.evaluate(
            """async ([cases, values, today, now]) => {
              const { judge } = await import("http://linli.test/expressions.js");
              return JSON.stringify(cases.map(({ tree, own }) => judge(tree, { values, own, today, now })));
            }""",
            [cases, TABLE["values"], TABLE["today"], TABLE["now"]],
        )
        browser.close()
    wrong = [
        (case["expression"], case["is"], value)
        for case, value in zip(TABLE["cases"], json.loads(found), strict=True)
        if not same(value, case["is"])
    ]
    assert wrong == []


def test_no_pattern_is_slow() -> None:
    for pattern in ("(a*)*b", "(a|aa)+b", "(.*a){8}", "((a?){10}){20}"):
        tree = read(f"regex(., '{pattern}')")
        begun = time.monotonic()
        judge(tree, Scope({}, "a" * 499 + "c"))
        assert time.monotonic() - begun < 3


def test_names_are_found_but_not_in_patterns() -> None:
    assert names_in(read("${a} > 1 and regex(${b}, '[$]x') or if(${c}, ${d}, 1)")) == set("abcd")


def test_fields_are_put_into_the_order_they_need() -> None:
    order = in_order({"total": {"a", "b"}, "b": {"a"}, "a": set(), "c": {"unknown"}})
    assert order.index("a") < order.index("b") < order.index("total")
    assert "unknown" not in order
    with pytest.raises(CircularError) as circle:
        in_order({"x": {"a"}, "a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert circle.value.names == ("a", "b", "c", "a")
    long = {f"n{i}": {f"n{i + 1}"} for i in range(5000)}
    assert len(in_order(long)) == 5000
