"""Rows and checklists on the desk: typed without script, added to, corrected, shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from linli.ground.ids import new_id
from linli.ledger.entries.models import Entry
from tests.cast import Cast
from tests.ledger.sampler import done, registered

pytestmark = pytest.mark.django_db
NEW = "/ledgers/sampler/new/"
ANSWERED = {
    "checks-list": "shop",
    "checks-shop-exit": "ok",
    "checks-shop-extinguisher": "bad",
    "checks-shop-extinguisher-note": "已过期",
    "checks-shop-wires": "na",
}
BAD = {"list": "hostel", "answers": {"register": "bad", "camera": "ok"}}
TWO_ROWS = {
    "sessions-0-held_on": "2026-03-02",
    "sessions-0-minutes": "30",
    "sessions-0-outcome": "谈过一次",
    "sessions-0-present": ["mo", "we"],
    "sessions-1-outcome": "又谈",
    "sessions-2-outcome": "",
    "sessions-2-agreed": "",
}


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


def typed(**more: Any) -> dict[str, Any]:
    return {"entry": str(new_id()), "outcome": "open", "narrative": "样例事项", **more}


def fields_of(text: str) -> dict[str, Any]:
    """What a browser without script would send of the page's form as it is shown."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.sent: dict[str, list[str]] = {}
            self.name, self.skip, self.area = "", 0, False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            at = dict(attrs)
            if tag == "template":
                self.skip += 1
            if self.skip:
                return
            if tag == "select":
                self.name = at.get("name", "")
            elif tag == "option" and "selected" in at:
                self.sent.setdefault(self.name, []).append(at.get("value") or "")
            elif tag == "textarea":
                self.area, self.name = True, at["name"]
                self.sent[self.name] = [""]
            elif tag == "input" and at.get("name"):
                ticked = at.get("type") not in ("checkbox", "radio") or "checked" in at
                if ticked:
                    self.sent.setdefault(at["name"], []).append(at.get("value") or "")

        def handle_data(self, data: str) -> None:
            if self.area and not self.skip:
                self.sent[self.name] = [self.sent[self.name][0] + data.removeprefix("\n")]

        def handle_endtag(self, tag: str) -> None:
            if tag == "template":
                self.skip -= 1
            self.area = self.area and tag != "textarea"

    reader = Reader()
    reader.feed(re.search(r'<form class="form".*?</form>', text, re.S)[0])  # type: ignore[index]
    return {name: values if len(values) > 1 else values[0] for name, values in reader.sent.items()}


def test_rows_and_a_checklist_are_recorded_by_the_form(li: Client, people: Cast) -> None:
    page = li.post(
        NEW,
        typed(
            due_on="2026-12-01", households="１２", amount="2.5", days=["we", "mo"], urgent="1",
            lead=str(people.wang.pk), **TWO_ROWS, **ANSWERED,
        ),
    )  # fmt: skip
    assert page.status_code == 302
    data = Entry.objects.get().data
    assert data["sessions"] == [
        {"held_on": "2026-03-02", "present": ["mo", "we"], "minutes": 30, "outcome": "谈过一次"},
        {"outcome": "又谈"},
    ]
    assert data["checks"]["notes"] == {"extinguisher": "已过期"}
    assert (data["days"], data["households"], data["urgent"]) == (["mo", "we"], 12, True)


def test_what_is_wrong_in_a_row_is_said_and_what_was_typed_stays(li: Client) -> None:
    wrong = {**TWO_ROWS, "sessions-1-minutes": "many", "checks-shop-exit": "ok"}
    page = li.post(NEW, typed(**wrong))
    text = page.content.decode()
    assert page.status_code == 422
    assert "第2行“Minutes”：“many”不是数字。" in text
    assert "还有未检查的项目：灭火器在有效期内；电线无私拉乱接。" in text
    sent = fields_of(text)
    assert sent["sessions-1-minutes"] == "many"
    assert sent["sessions-0-present"] == ["mo", "we"]
    assert sent["checks-shop-exit"] == "ok"  # the list was not chosen, its answers say it
    assert 'href="#id_sessions"' in text and 'id="id_sessions"' in text
    assert not Entry.objects.exists()


def test_a_row_more_without_script_and_a_draft_keep_everything(li: Client) -> None:
    text = li.post(NEW, typed(add_row="sessions", **TWO_ROWS, **ANSWERED)).content.decode()
    assert 'name="sessions-2-outcome"' in text
    saved = li.post("/drafts/save/sampler/record/", fields_of(text)).json()
    sent = fields_of(li.get(saved["page"]).content.decode())
    assert sent["sessions-0-outcome"] == "谈过一次"
    assert sent["checks-shop-extinguisher-note"] == "已过期"
    li.post(NEW, sent)
    entry = Entry.objects.get()
    assert len(entry.data["sessions"]) == 2
    assert entry.data["checks"]["answers"]["wires"] == "na"


def test_a_session_is_added_by_its_own_form_and_shown(li: Client, people: Cast) -> None:
    made = done("record", people.li, people.room)
    page = f"/entries/{made.entry}/"
    form = li.get(f"{page}do/hold/").content.decode()
    assert 'name="minutes"' in form and 'inputmode="numeric"' in form
    assert str(people.wang.pk) in form  # a colleague may have led it
    sent = {"minutes": "45", "outcome": "双方同意", "held_on": "2026-03-02", "rev": "1"}
    assert li.post(f"{page}do/hold/", {**sent, "minutes": "0"}).status_code == 422
    assert li.post(f"{page}do/hold/", sent).status_code == 302
    text = li.get(page).content.decode()
    assert "双方同意" in text and "45 min" in text and "李建国" in text
    assert "Sessions（第 1 条）" in text  # in the timeline


def test_a_correction_left_alone_changes_nothing(li: Client, people: Cast) -> None:
    li.post(NEW, typed(urgent="0", amount="2.50", days=["mo"], **TWO_ROWS, **ANSWERED))
    entry = Entry.objects.get()
    done(
        "hold",
        people.li,
        people.room,
        entry.id,
        minutes=5,
        outcome="谈成",
        held_at="2026-03-02 9:05",
    )
    url = f"/entries/{entry.id}/do/correct/"
    sent = fields_of(li.get(url).content.decode())
    page = li.post(url, {**sent, "reason": "再看一遍"})
    assert page.status_code == 422
    assert "没有改动" in page.content.decode()


def test_a_correction_changes_one_row_takes_one_away_and_keeps_the_rest(
    li: Client, people: Cast
) -> None:
    li.post(NEW, typed(**TWO_ROWS, **ANSWERED))
    entry = Entry.objects.get()
    done(
        "hold", people.li, people.room, entry.id, minutes=5, outcome="谈成",
        held_at="2026-03-02T01:05:33Z",
    )  # fmt: skip
    url = f"/entries/{entry.id}/do/correct/"
    sent = fields_of(li.get(url).content.decode())
    assert sent["sessions-2-by"] == "李建国"
    sent |= {"sessions-0-minutes": "35", "sessions-1-DELETE": "1", "reason": "笔误"}
    assert li.post(url, sent).status_code == 302
    first, second = Entry.objects.get().data["sessions"]
    assert (first["minutes"], first["outcome"]) == (35, "谈过一次")
    assert (second["by"], second["held_at"][-9:]) == (
        "李建国",
        ":33+00:00",
    )  # not cut to the minute
    text = li.get(f"/entries/{entry.id}/").content.decode()
    assert "<del>2026-03-02；Present：Monday、Wednesday；Minutes：30 min" in text


def test_a_checklist_is_shown_with_what_is_bad_first(li: Client, people: Cast) -> None:
    li.post(NEW, typed(**ANSWERED))
    text = li.get(f"/entries/{Entry.objects.get().id}/").content.decode()
    shown = text[text.index("found-bad") :]
    assert shown.index("灭火器在有效期内") < shown.index("安全出口畅通")
    assert "已过期" in shown and "不合格 1 项" in text
    good = {"list": "hostel", "answers": {"register": "ok", "camera": "ok"}}
    made = done("record", people.li, people.room, checks=good)
    assert "适用的项目全部合格" in li.get(f"/entries/{made.entry}/").content.decode()


def test_an_action_that_does_not_fit_the_facts_is_not_offered(li: Client, people: Cast) -> None:
    made = done("record", people.li, people.room)
    assert "/do/order/" not in li.get(f"/entries/{made.entry}/").content.decode()
    page = li.get(f"/entries/{made.entry}/do/order/")
    assert (page.status_code, page.headers["Location"]) == (302, f"/entries/{made.entry}/")
    done("check", people.li, people.room, made.entry, checks=BAD)
    assert "/do/order/" in li.get(f"/entries/{made.entry}/").content.decode()
