"""Who sees what: pages of every role, and 404 for everybody from elsewhere."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from linli.desk import urls
from linli.ledger.acts import escalation
from linli.ledger.entries import counting
from linli.org import tree
from tests.cast import Cast, do, record, signed_in

pytestmark = pytest.mark.django_db

PAGES = ("/", "/ledgers/", "/ledgers/visits/", "/ledgers/incidents/", "/find/", "/find/?q=电动")


@pytest.fixture
def visit(people: Cast) -> UUID:
    return record(
        "visits", people.li, people.room, visitors=[{"name": "张三丰", "phone": "13800000001"}]
    ).entry


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens(li: Client, visit: UUID, language: str) -> None:
    li.cookies["django_language"] = language
    own = [f"/entries/{visit}/", f"/entries/{visit}/saved/", f"/entries/{visit}/reveal/"]
    forms = ["/ledgers/visits/new/", "/ledgers/incidents/new/"]
    acts = [f"/entries/{visit}/do/{a}/" for a in ("handle", "refer", "note", "correct", "void")]
    for path in (*PAGES, *own, *forms, *acts):
        page = li.get(path)
        assert page.status_code == 200, path
        assert 'style="' not in page.content.decode(), path
        assert "<script>" not in page.content.decode(), path


def test_english_pages_have_no_chinese_words_of_ours(li: Client) -> None:
    li.cookies["django_language"] = "en"
    text = li.get("/ledgers/visits/").content.decode()
    assert "Record a visit" in text
    assert "登记" not in text


def test_nothing_is_shown_before_signing_in(client: Client, visit: UUID) -> None:
    for path in (*PAGES, f"/entries/{visit}/", "/audit/"):
        page = client.get(path)
        assert page.status_code == 302, path
        assert page["Location"].startswith("/sign-in/"), path


ENTRY_ROUTES = [
    route for route in (str(one.pattern) for one in urls.pages) if "<uuid:entry>" in route
]


@pytest.mark.parametrize("who", ["outsider", "far_chief", "far_officer", "neighbour", "auditor"])
def test_outsiders_get_404_on_every_route_with_a_matter(
    people: Cast, visit: UUID, client: Client, who: str
) -> None:
    browser = signed_in(client, getattr(people, who))
    assert len(ENTRY_ROUTES) >= 5
    for route in ENTRY_ROUTES:
        path = "/" + route.replace("<uuid:entry>", str(visit)).replace("<slug:action>", "note")
        answers = {browser.get(path).status_code, browser.post(path).status_code}
        assert answers <= {404, 405}, (path, answers)
    assert get_resolver().resolve(f"/entries/{visit}/").route.endswith("entries/<uuid:entry>/")


def test_what_is_not_there_is_told_in_the_style_of_the_house(
    people: Cast, visit: UUID, client: Client
) -> None:
    text = signed_in(client, people.outsider).get(f"/entries/{visit}/").content.decode()
    assert "邻里" in text
    assert "老人" not in text
    assert people.room.name not in text


@pytest.mark.parametrize("path", ["/", "/ledgers/visits/", "/ledgers/", "/find/?q=钥匙"])
def test_pages_ask_the_database_as_often_for_many_as_for_few(
    li: Client, people: Cast, path: str
) -> None:
    def asked() -> int:
        tree.forget()
        with CaptureQueriesContext(connection) as queries:
            assert li.get(path).status_code == 200
        return len(queries)

    for staff in (people.li, people.wang, people.chen):
        record("visits", staff, people.room)
    li.get(path)
    few = asked()
    for number in range(20):
        record("visits", (people.li, people.wang, people.chen)[number % 3], people.room)
    assert asked() <= few


def test_the_next_action_comes_first(li: Client, people: Cast, visit: UUID) -> None:
    def following(entry: UUID) -> str:
        return li.get(f"/entries/{entry}/").context["next"].action.name

    assert following(visit) == "handle"
    complaint = record("visits", people.li, people.room, category="complaint").entry
    assert following(complaint) == "notice"
    incident = record("incidents", people.li, people.room).entry
    assert following(incident) == "dispatch"
    do("incidents", "finish", people.li, incident, result="已抓获")
    assert following(incident) == "tell"
    do("incidents", "tell", people.li, incident, told_how="电话")
    assert following(incident) == "close"
    do("incidents", "close", people.li, incident)
    assert li.get(f"/entries/{incident}/").context["next"] is None


def test_the_neighbour_finds_nothing(people: Cast, visit: UUID, client: Client) -> None:
    browser = signed_in(client, people.neighbour)
    assert str(visit) not in browser.get("/ledgers/visits/").content.decode()
    assert str(visit) not in browser.get("/find/?q=钥匙").content.decode()
    assert str(visit) not in browser.get("/").content.decode()


def test_a_clerk_has_visits_only(people: Cast, client: Client) -> None:
    incident = record("incidents", people.li, people.room).entry
    browser = signed_in(client, people.clerk)
    assert browser.get("/ledgers/incidents/").status_code == 404
    assert browser.get(f"/entries/{incident}/").status_code == 404
    assert browser.get("/ledgers/visits/").status_code == 200


def test_people_are_masked_everywhere(li: Client, visit: UUID) -> None:
    for path in (f"/entries/{visit}/", f"/entries/{visit}/do/correct/", "/ledgers/visits/", "/"):
        text = li.get(path).content.decode()
        assert "张三丰" not in text, path
        assert "13800000001" not in text, path
    assert "138****0001" in li.get(f"/entries/{visit}/").content.decode()


def test_the_chief_sees_rooms_with_what_is_overdue(people: Cast, client: Client) -> None:
    record("incidents", people.li, people.room, received_at="2026-01-02 08:00")
    text = signed_in(client, people.chief).get("/").content.decode()
    assert people.room.name in text
    assert f"room={people.room.pk}" in text


def test_who_reads_several_rooms_sees_which_in_every_list(
    people: Cast, visit: UUID, li: Client
) -> None:
    head = '<th scope="col">警务室</th>'
    chief = signed_in(Client(), people.chief)
    assert head in chief.get("/ledgers/visits/").content.decode()
    assert head not in chief.get(f"/ledgers/visits/?room={people.room.pk}").content.decode()
    assert head not in li.get("/ledgers/visits/").content.decode()


def test_the_ledgers_stand_in_one_table_with_what_is_open(li: Client, visit: UUID) -> None:
    text = li.get("/ledgers/").content.decode()
    assert '<a href="/ledgers/visits/?state=open&amp;order=due">1</a>' in text
    assert text.count("<tr>") > 15
    assert 'href="/ledgers/visits/new/"' in text


def test_what_the_program_did_by_itself_is_said_in_chinese(people: Cast, li: Client) -> None:
    entry = record("incidents", people.li, people.room, received_at="2026-01-02 08:00").entry
    escalation.escalate()
    timeline = li.get(f"/entries/{entry}/").content.decode().split('id="timeline"')[1]
    assert "系统" in timeline
    assert "Linli" not in timeline


def test_nobody_signed_in_has_no_menu(client: Client) -> None:
    assert 'class="menu"' not in client.get("/sign-in/").content.decode()


def test_roles_without_a_desk_have_a_page(people: Cast, client: Client) -> None:
    assert signed_in(client, people.auditor).get("/")["Location"] == "/audit/"
    assert signed_in(Client(), people.admin).get("/")["Location"] == "/administer/"
    page = signed_in(Client(), people.analyst).get("/")
    assert page.status_code == 200
    assert people.analyst.name in page.content.decode()


def test_an_analyst_sees_figures_of_the_own_units_and_nothing_else(people: Cast) -> None:
    for staff, room in ((people.li, people.room), (people.outsider, people.other_room)):
        record("visits", staff, room, place="不给看的地方")
    closed = record("visits", people.neighbour, people.next_room)
    do("visits", "handle", people.neighbour, closed.entry, result="已办")
    counting.fold()
    page = signed_in(Client(), people.analyst).get("/")
    [of_visits] = page.context["figures"]
    assert (of_visits.month, of_visits.last_month, of_visits.year) == (2, 0, 2)
    assert of_visits.closed == 1
    assert "不给看的地方" not in page.content.decode()


def test_the_menu_has_each_page_once_and_says_where_one_is(people: Cast, li: Client) -> None:
    menu = signed_in(Client(), people.auditor).get("/audit/").context["nav"]
    assert "/" not in [link.url for link in menu]
    for path in ("/surveys/", "/patrol/points/", "/exports/"):
        assert [link.url for link in li.get(path).context["nav"] if link.current] == ["/ledgers/"]


def test_lists_say_what_is_filtered_and_take_it_away(li: Client, people: Cast, visit: UUID) -> None:
    page = li.get(f"/ledgers/visits/?state=open&responsible={people.li.pk}&cols=serial,place")
    text = page.content.decode()
    assert "未办结" in text
    assert str(visit) in text
    assert 'class="chip"' in text
    none = li.get("/ledgers/visits/?words=飞碟").content.decode()
    assert str(visit) not in none
    assert li.get("/ledgers/visits/?cursor=rubbish&since=never").status_code == 200


def test_where_i_am_is_one_click(li: Client, people: Cast) -> None:
    li.post("/desk/whereabouts/", {"whereabouts": "community"})
    people.li.refresh_from_db()
    assert people.li.whereabouts == "community"
    li.post("/desk/whereabouts/", {"whereabouts": "on the moon"})
    people.li.refresh_from_db()
    assert people.li.whereabouts == "community"
