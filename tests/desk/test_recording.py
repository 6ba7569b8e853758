"""Recording: the form, what is wrong, what was done on the spot, drafts and lapsed sessions."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from linli.ground import clock
from linli.ground.ids import new_id
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.entries.models import Draft, Entry, EntryPerson, Receipt
from linli.ledger.forms import drafts
from tests.cast import Cast, record, signed_in

pytestmark = pytest.mark.django_db
NEW = "/ledgers/visits/new/"


def typed(**more: Any) -> dict[str, Any]:
    return {
        "entry": str(new_id()),
        "category": "help",
        "narrative": "老人忘带钥匙",
        "place": "梅苑小区二期 3 栋",
        "channel": "walk_in",
        "received_at": "",
        "outcome": "open",
        "visitors-0-name": "张三丰",
        "visitors-0-phone": "13800000001",
        "visitors-0-role": "visitor",
        **more,
    }


def test_a_visit_is_recorded_and_its_serial_said(li: Client, people: Cast) -> None:
    page = li.post(NEW, typed(), follow=True)
    entry = Entry.objects.get()
    assert (entry.state, entry.responsible, entry.room) == ("open", people.li.pk, people.room.pk)
    assert entry.serial_year == clock.today().year
    assert f"访-{entry.serial_year}-0001" in page.content.decode()
    person = EntryPerson.objects.get()
    assert person.phone_mask == "138****0001"


def test_what_was_done_on_the_spot_is_a_second_step_in_one_go(li: Client) -> None:
    li.post(NEW, typed(outcome="handle", **{"handle-result": "已开锁"}))
    entry = Entry.objects.get()
    assert (entry.state, entry.rev, entry.data["result"]) == ("handled", 2, "已开锁")


def test_an_outcome_without_its_words_records_nothing(li: Client) -> None:
    page = li.post(NEW, typed(outcome="handle", **{"handle-result": ""}))
    assert page.status_code == 422
    assert not Entry.objects.exists()
    text = page.content.decode()
    assert "error-summary" in text
    assert 'value="handle" data-shows="1" checked' in text


def test_wrong_input_stays_and_every_problem_is_named(li: Client) -> None:
    page = li.post(
        NEW,
        typed(narrative="", received_at="25:90", **{"visitors-0-phone": "1380000"}),
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="25:90"' in text
    assert 'value="1380000"' in text
    assert 'href="#id_narrative"' in text
    assert 'href="#id_received_at"' in text
    assert not Entry.objects.exists()


def test_a_form_sent_twice_makes_one_matter(li: Client) -> None:
    same = typed()
    li.post(NEW, same)
    again = li.post(NEW, same)
    assert again.status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("14:20", "2026-11-23 14:20"),
        ("９：０５", "2026-11-23 09:05"),
        ("23:50", "2026-11-22 23:50"),
    ],
)
def test_a_time_is_typed_short(li: Client, said: str, meant: str) -> None:
    with clock.fixed(datetime(2026, 11, 23, 14, 25, tzinfo=clock.SHANGHAI)):
        li.post(NEW, typed(received_at=said))
    assert moment_text(Entry.objects.get().received_at) == meant


def test_a_row_more_without_javascript_keeps_what_was_typed(li: Client) -> None:
    page = li.post(NEW, typed(add_row="visitors"))
    text = page.content.decode()
    assert 'name="visitors-1-name"' in text
    assert 'value="张三丰"' in text
    assert not Entry.objects.exists()


def test_similar_open_matters_are_shown(li: Client, people: Cast) -> None:
    record("visits", people.li, people.room, place="梅苑小区二期 3 栋")
    page = li.post("/ledgers/visits/similar/", {"place": "梅苑小区二期 3 栋", "narrative": ""})
    assert "老人忘带钥匙" in page.content.decode()


def test_a_draft_is_kept_found_again_and_gone_after_saving(li: Client, people: Cast) -> None:
    saved = li.post("/drafts/save/visits/record/", typed()).json()
    again = li.post("/drafts/save/visits/record/", typed(draft=saved["draft"], narrative="改过"))
    assert again.json()["draft"] == saved["draft"]
    page = li.get(saved["page"]).content.decode()
    assert "改过" in page
    assert "13800000001" in page
    assert "登记来访" in li.get("/").content.decode()
    li.post(NEW, typed(draft=saved["draft"]))
    assert not Draft.objects.exists()


def test_a_draft_of_what_is_no_longer_there_does_not_close_the_desk(li: Client) -> None:
    kept = li.post("/drafts/save/visits/record/", typed()).json()["draft"]
    assert "登记来访" in li.get("/").text
    for gone in ({"ledger": "of_an_older_program"}, {"ledger": "visits", "action": "gone"}):
        Draft.objects.filter(id=kept).update(**gone)
        assert li.get("/").status_code == 200


def test_a_saving_that_comes_after_the_form_leaves_no_draft(li: Client) -> None:
    same = typed()
    li.post(NEW, same)
    assert li.post("/drafts/save/visits/record/", same).status_code == 204
    assert not Draft.objects.exists()


def test_a_saving_whose_answer_the_form_did_not_get_leaves_no_draft(li: Client) -> None:
    same, other = typed(), typed()
    for one in (same, other):
        assert li.post("/drafts/save/visits/record/", one).status_code == 200
    li.post(NEW, same)
    assert f'value="{other["entry"]}"' in li.get(f"{NEW}?draft={Draft.objects.get().id}").text
    entry = same["entry"]
    note = {"note": "已电话联系", "rev": "1"}
    assert li.post(f"/drafts/save/visits/note/?entry={entry}", note).status_code == 200
    assert li.post(f"/entries/{entry}/do/note/", note).status_code == 302
    assert Draft.objects.count() == 1


def test_a_form_that_arrives_while_its_draft_is_written_leaves_no_draft(
    li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, same = drafts.save, typed()

    def overtaken(**what: Any) -> Draft:
        monkeypatch.setattr(drafts, "save", real)
        li.post(NEW, same)
        return real(**what)

    monkeypatch.setattr(drafts, "save", overtaken)
    assert li.post("/drafts/save/visits/record/", same).status_code == 204
    assert Entry.objects.count() == 1
    assert not Draft.objects.exists()


def test_nobody_else_opens_my_draft(li: Client, wang: Client) -> None:
    saved = li.post("/drafts/save/visits/record/", typed()).json()
    assert wang.get(f"/drafts/{saved['draft']}/").status_code == 404
    assert "张三丰" not in wang.get(saved["page"]).content.decode()
    wang.post(f"/drafts/{saved['draft']}/drop/")
    assert Draft.objects.exists()


def test_what_is_gone_for_good_is_said_before_a_draft_is_dropped(li: Client) -> None:
    saved = li.post("/drafts/save/visits/record/", typed()).json()
    desk = li.get("/").content.decode()
    before, drop = desk.split(f"/drafts/{saved['draft']}/drop/")
    assert before.rindex("<details") > before.rindex("</details>")
    assert "不能恢复" in drop.split("</form>")[0]


def test_an_autosave_without_a_session_is_told_so_and_not_parked(
    client: Client, people: Cast
) -> None:
    from linli.access.models import ParkedForm

    page = client.post(
        "/drafts/save/visits/record/", typed(), headers={"X-Requested-With": "fetch"}
    )
    assert page.status_code == 401
    assert not ParkedForm.objects.exists()


def test_a_lapsed_session_loses_nothing(client: Client, people: Cast) -> None:
    sent = client.post(NEW, typed(narrative="没有登录时写的"))
    back = re.search(r"next=([^&]+)", sent["Location"])
    assert back
    from urllib.parse import unquote

    page = signed_in(client, people.li).get(unquote(back[1]))
    text = page.content.decode()
    assert "没有登录时写的" in text
    assert "13800000001" in text
    assert not Entry.objects.exists()


def test_the_receipt_code_is_shown_once(li: Client, people: Cast) -> None:
    done = record("visits", people.li, people.room)
    first = li.post(f"/entries/{done.entry}/receipt/").content.decode()
    assert re.search(r"receipt-code\">[0-9A-Z]{4}(-[0-9A-Z]{4}){3}<", first)
    assert "receipt-code" not in li.post(f"/entries/{done.entry}/receipt/").content.decode()
    assert Receipt.objects.count() == 1


def test_a_chief_says_in_which_room(people: Cast, client: Client) -> None:
    chief = signed_in(client, people.chief)
    assert people.next_room.name in chief.get(NEW).content.decode()
    chief.post(NEW, typed(room=str(people.next_room.pk)))
    assert Entry.objects.get().room == people.next_room.pk
    refused = chief.post(NEW, typed(room=str(people.far_room.pk)))
    assert refused.status_code == 403


def test_suggestions_understand_pinyin(li: Client, people: Cast) -> None:
    record("visits", people.li, people.room, place="梅苑小区二期 3 栋")
    assert li.get("/suggest/place/?q=meiyuan").json() == ["梅苑小区二期 3 栋"]
    assert li.get("/suggest/place/?q=myxq").json() == ["梅苑小区二期 3 栋"]
    assert {"value": "help", "label": "求助"} in li.get("/suggest/category/visits/?q=qz").json()


def test_the_first_way_in_is_chosen_and_nothing_else(li: Client) -> None:
    def chosen(ledger: str) -> set[str]:
        form = li.get(f"/ledgers/{ledger}/new/").context["form"]
        return {name for name, value in form.initial.items() if value and name in form.fields} - {
            "received_at"
        }

    assert chosen("visits") == chosen("incidents") == {"channel"}
    assert chosen("disputes") == {"source"}
    assert chosen("cases") == chosen("hazards") == chosen("committee") == set()
