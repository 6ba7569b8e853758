"""Times as people say them, the pager's links and the words of errors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from linli.design import fields, moments, nav, pages
from linli.ground import clock

NOW = datetime(2026, 11, 27, 3, 10, tzinfo=UTC)  # Friday 11:10 in Shanghai


def render(source: str, **context: object) -> str:
    return Template("{% load linli_design %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def english_on_friday():
    with translation.override("en"), clock.fixed(NOW):
        yield


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW + timedelta(hours=3), "today 14:10"),
        (NOW - timedelta(hours=12), "yesterday 23:10"),
        (NOW + timedelta(days=1), "tomorrow 11:10"),
        (NOW + timedelta(days=2), "Sun 11:10"),
        (NOW + timedelta(days=5), "next Wed 11:10"),
        (NOW - timedelta(days=3), "24 Nov 11:10"),
        (datetime(2025, 3, 9, 16, 5, tzinfo=UTC), "10 Mar 2025 00:05"),
        (date(2026, 11, 26), "yesterday"),
    ],
)
def test_a_moment_is_said_as_seen_from_today(moment: datetime, said: str) -> None:
    assert moments.when_words(moment) == said


def test_a_moment_known_to_the_day_shows_no_time() -> None:
    html = render("{% when m 'day' %}", m=NOW)
    assert ">today<" in html
    assert 'datetime="2026-11-27"' in html
    assert "11:10" not in html


@pytest.mark.parametrize(
    ("hours", "text", "tone"),
    [
        (-0.5, "over by 30 min", "late"),
        (-2.2, "over by 2 h", "late"),
        (-50, "over by 2 days", "late"),
        (2, "today 13:10", "today"),
        (20, "tomorrow", "later"),
    ],
)
def test_a_deadline_says_how_urgent_it_is(hours: float, text: str, tone: str) -> None:
    assert moments.due_words(NOW + timedelta(hours=hours)) == moments.DueWords(text, tone)


def test_a_closed_matter_is_never_overdue() -> None:
    due = NOW - timedelta(days=3)
    assert moments.due_words(due, due - timedelta(hours=1)).text == "in time"
    assert moments.due_words(due, due + timedelta(hours=5)) == moments.DueWords(
        "was late by 5 h", "done"
    )


def test_labels_and_lists_have_the_signs_of_the_language() -> None:
    line = "{{ label|colon }}{{ things|listed }}"
    assert render(line, label="With", things=["a", "b"]) == "With: a, b"
    with translation.override("zh-hans"):
        assert render(line, label="协助", things=["甲", "乙"]) == "协助：甲、乙"


def test_the_pager_keeps_the_filters_of_the_list() -> None:
    request = RequestFactory().get("/list/", {"state": "open", "page": "2"})
    turn = pages.turn(request, Paginator(range(2310), 50).page(2))
    assert (turn.first, turn.last, turn.count) == ("51", "100", "2,310")
    assert turn.previous_url == "?state=open"
    assert turn.next_url == "?state=open&page=3"


def test_a_sorted_column_turns_round() -> None:
    request = RequestFactory().get("/list/", {"sort": "due", "page": "4"})
    assert pages.sorting(request, "due", "") == ("ascending", "?sort=-due")
    assert pages.sorting(request, "at", "-at") == ("", "?sort=at")


class Visit(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    age = forms.IntegerField(label="Age", max_value=130)


def test_the_summary_leads_to_each_wrong_field() -> None:
    form = Visit({"age": "200"})
    found = fields.problems((form, None))
    assert [(one.message, one.target) for one in found] == [
        ("Fill in: Name.", "id_name"),
        ("Choose: Kind.", "id_kind_0"),
        ("Age: Ensure this value is less than or equal to 130.", "id_age"),
    ]


def test_a_field_is_tied_to_its_label_hint_and_error() -> None:
    html = render("{% field form.name suggest='/s/' %}", form=Visit({}))
    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'data-suggest-url="/s/"' in html
    assert "required" in html


def test_what_is_typed_cannot_become_markup() -> None:
    html = render(
        "{% state_badge s %}{% empty s %}{% card title=s %}x{% endcard %}{% masked s %}", s="<b>"
    )
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 4


def test_a_receipt_code_is_grouped_by_four() -> None:
    assert render("{{ c|grouped }}", c="K7QM2XVA93HD") == "K7QM 2XVA 93HD"


def test_the_menu_shows_only_what_the_actor_may_open(settings, monkeypatch) -> None:
    settings.ROOT_URLCONF = "tests.design.gallery.urls"
    monkeypatch.setattr(nav, "_items", {})
    nav.add("List", "list", order=2)
    nav.add("Desk", "desk", order=1)
    nav.add("Secret", "detail", "audit.read")
    nav.add("Not built yet", "nowhere")
    request = RequestFactory().get("/list/")
    assert [(one.label, one.current) for one in nav.links(request)] == [
        ("Desk", False),
        ("List", True),
    ]
