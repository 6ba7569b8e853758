"""What the roles are kept from, tried through every door: pages, API, acts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.access import tokens
from linli.access.models import Token
from linli.duty.signing import sign_off
from linli.ground import clock
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.reading import entry_view
from linli.org.models import Staff
from tests.cast import Cast, actor, cast, do, record, signed_in

pytestmark = pytest.mark.django_db
VISITOR = {"name": "张三丰", "phone": "13800000001", "id_number": "420106199001010001"}


@pytest.fixture
def people() -> Cast:
    return cast()


def api(client: Client, staff: Staff, path: str, body: Any = None, **more: str) -> Any:
    headers = {"Authorization": f"Bearer {tokens.create(staff, 'test')}", **more}
    path = f"/api/v1{path}"
    if body is None:
        return client.get(path, headers=headers)
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_who_reads_no_matters_finds_no_door(client: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room, visitors=[VISITOR]).entry
    for who in ("analyst", "auditor", "admin"):
        staff = getattr(people, who)
        page = signed_in(Client(), staff)
        for path in (
            f"/entries/{entry}/", f"/entries/{entry}/print/", f"/entries/{entry}/reveal/",
            "/ledgers/", "/ledgers/visits/", "/ledgers/visits/new/", "/ledgers/visits/print/",
            "/ledgers/visits/import/", "/find/?q=开锁", "/suggest/place/?q=a", "/worklog/rooms/",
        ):  # fmt: skip
            assert page.get(path).status_code in (403, 404), (who, path)
        for path in (
            "/ledgers", "/ledgers/visits/entries", f"/entries/{entry}", f"/entries/{entry}/steps",
            "/find?q=开锁",
        ):  # fmt: skip
            assert api(client, staff, path).status_code in (403, 404), (who, path)
    assert signed_in(Client(), people.admin).get("/audit/").status_code == 404
    assert signed_in(Client(), people.auditor).get("/administer/").status_code == 404
    assert signed_in(Client(), people.li).get("/administer/").status_code in (403, 404)


def test_a_clerk_meets_no_incident_by_any_door(client: Client, people: Cast) -> None:
    person = {**VISITOR, "role": "reporter"}
    entry = record("incidents", people.li, people.room, people=[person]).entry
    clerk = people.clerk
    for path in (
        f"/entries/{entry}", f"/entries/{entry}/steps", "/ledgers/incidents",
    ):  # fmt: skip
        assert api(client, clerk, path).status_code == 404, path
    assert api(client, clerk, f"/entries/{entry}/reveal", {"purpose": "permit"}).status_code == 404
    assert api(client, clerk, f"/entries/{entry}/actions/note", {}).status_code == 404
    listed = api(client, clerk, "/ledgers/incidents/entries")
    assert listed.status_code == 404 or listed.json()["entries"] == []
    assert api(client, clerk, "/find?q=电瓶").json()["entries"] == []
    looked = {"kind": "phone", "value": VISITOR["phone"], "purpose": "permit"}
    assert api(client, clerk, "/find-person", looked).json()["found"] == []
    assert "电瓶" not in signed_in(client, clerk).get("/").content.decode()


def test_an_auxiliary_neither_closes_nor_corrects_nor_unmasks(client: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room, visitors=[VISITOR]).entry
    for action, body in (
        ("handle", {"data": {"result": "已处理"}}), ("explain", {"data": {"words_given": "说明"}}),
        ("correct", {"data": {"place": "别处"}, "reason": "错"}), ("void", {"reason": "错"}),
        ("assign", {"data": {"hand_to": str(people.wang.pk)}, "reason": "忙"}),
    ):  # fmt: skip
        answer = api(client, people.chen, f"/entries/{entry}/actions/{action}", body)
        assert answer.status_code == 403, action
    for path, body in (
        (f"/entries/{entry}/reveal", {"purpose": "permit"}),
        ("/find-person", {"kind": "phone", "value": VISITOR["phone"], "purpose": "permit"}),
    ):
        assert api(client, people.chen, path, body).status_code == 403
    page = signed_in(Client(), people.chen)
    sent = {
        "category": "help", "narrative": "开锁", "outcome": "handle", "handle-result": "好了",
        "channel": "walk_in",
    }  # fmt: skip
    page.post("/ledgers/visits/new/", sent)
    assert not Entry.objects.filter(is_open=False).exists()


def test_nobody_records_or_answers_for_another_room(client: Client, people: Cast) -> None:
    body = {"data": {"category": "help", "narrative": "x"}, "room": str(people.next_room.pk)}
    assert api(client, people.li, "/ledgers/visits/entries", body).status_code in (403, 422)
    sent = {"category": "help", "narrative": "x", "room": str(people.next_room.pk)}
    assert signed_in(Client(), people.li).post("/ledgers/visits/new/", sent).status_code == 403
    for extra in ({"responsible": str(people.wang.pk)}, {"assisting": [str(people.wang.pk)]}):
        body = {"data": {"category": "help", "narrative": "x", **extra}}
        assert api(client, people.li, "/ledgers/visits/entries", body).status_code == 422
    assert not Entry.objects.exists()
    entry = record("visits", people.li, people.room).entry
    for stranger in (people.neighbour, people.outsider, people.analyst, people.admin):
        with pytest.raises(ValidationError):
            do("visits", "hand_over", people.li, entry, reason="忙", hand_to=str(stranger.pk))
    with pytest.raises(PermissionDenied):
        do("visits", "hand_over", people.wang, entry, reason="忙", hand_to=str(people.head.pk))
    with pytest.raises(ValidationError):
        do("visits", "accept", people.wang, entry)


def test_people_of_another_matter_cannot_be_drawn_into_ones_own(people: Cast) -> None:
    theirs = record("visits", people.outsider, people.other_room, visitors=[VISITOR]).entry
    foreign = EntryPerson.objects.get(entry=theirs)
    mine = record("visits", people.li, people.room, visitors=[{"name": "李四"}]).entry
    do(
        "visits", "correct", people.li, mine, reason="补",
        visitors=[{"id": str(foreign.id), "role": "visitor", "name": "王五"}],
    )  # fmt: skip
    entry = Entry.objects.get(id=mine)
    (kept,) = entry_view.people_of(entry)
    assert (kept.name_mask, kept.phone_mask, kept.id_mask) == ("王*", "", "")
    opened = entry_view.reveal(
        actor=actor(people.li), entry=entry, people_ids=[foreign.id, kept.id], purpose="permit"
    )
    assert set(opened) == {kept.id}
    assert EntryPerson.objects.get(id=foreign.id).ended is False


def test_an_idempotency_key_of_somebody_else_says_nothing(client: Client, people: Cast) -> None:
    body = {"data": {"category": "help", "narrative": "老人忘带钥匙"}}
    key = {"Idempotency-Key": "same"}
    first = api(client, people.li, "/ledgers/visits/entries", body, **key).json()
    other = api(client, people.outsider, "/ledgers/visits/entries", body, **key)
    assert other.status_code == 201 and "Idempotent-Replayed" not in other.headers
    assert other.json()["id"] != first["id"]


def test_a_token_is_held_to_its_scopes(client: Client, people: Cast) -> None:
    entry = record("visits", people.li, people.room, visitors=[VISITOR]).entry
    raw = tokens.create(people.li, "reads", scopes=["read"])
    headers = {"Authorization": f"Bearer {raw}"}

    def post(path: str, body: Any) -> int:
        sent = json.dumps(body)
        return client.post(
            f"/api/v1{path}", sent, content_type="application/json", headers=headers
        ).status_code

    assert client.get(f"/api/v1/entries/{entry}", headers=headers).status_code == 200
    assert post(f"/entries/{entry}/reveal", {"purpose": "permit"}) == 403
    assert post(f"/entries/{entry}/actions/note", {"data": {"note": "x"}}) == 403
    assert post("/ledgers/visits/entries", {"data": {"category": "help", "narrative": "x"}}) == 403
    assert client.get("/desk/", headers=headers).status_code == 302


def test_the_log_of_another_is_not_there(client: Client, people: Cast) -> None:
    record("visits", people.outsider, people.other_room)
    log = sign_off(actor=actor(people.outsider), day=clock.today(), remark="秘密").entry
    own = sign_off(actor=actor(people.li), day=clock.today(), remark="我的").entry
    li, clerk = signed_in(Client(), people.li), signed_in(Client(), people.clerk)
    for path in (f"/worklog/{log}/", f"/worklog/{log}/print/", f"/entries/{log}/print/"):
        assert li.get(path).status_code == 404, path
    assert clerk.get(f"/worklog/{own}/").status_code == 404
    forged = {"data": {"day": str(clock.today()), "remark": "", "log": {"lines": [], "overdue": 0}}}
    assert api(client, people.wang, "/ledgers/worklogs/entries", forged).status_code == 422


def test_who_is_shut_out_is_so_with_every_key(client: Client, people: Cast) -> None:
    for name, sent in (
        ("sessions", {}), ("password", {}), ("second-step", {"reason": "丢了"}),
    ):  # fmt: skip
        raw = tokens.create(people.li, name)
        headers = {"Authorization": f"Bearer {raw}"}
        assert client.get("/api/v1/me", headers=headers).status_code == 200
        path = f"/administer/staff/{people.li.pk}/{name}/"
        assert signed_in(Client(), people.admin).post(path, sent).status_code in (200, 302)
        assert client.get("/api/v1/me", headers=headers).status_code == 401, name
    assert not Token.objects.filter(staff=people.li, ended_at=None).exists()
