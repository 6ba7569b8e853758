"""Both sample files as they are. The verdicts of the incidents were counted a second time by a script
with another reader (openpyxl); those of the visits from the cells with the csv module."""

from __future__ import annotations

import io

import openpyxl
import orjson
import pytest
from django.conf import settings

from linli.ground import clock, keyring
from linli.ledger.entries.models import CountDelta, Entry, EntryPerson, SearchText
from linli.ledger.entries.opening import opened
from linli.ledger.exchange.runs import files
from linli.ledger.verify import verify
from tests.cast import Cast
from tests.ledger.exchange.conftest import INCIDENTS_FILE, VISITS_FILE, bring, counts, teach

pytestmark = pytest.mark.django_db

# Row of the file -> time in Shanghai, state, category, channel, place, responsible, assisting.
TEN_ROWS = {
    "1": ("2025-09-13 11:43", "closed", "dispute", "110", "尚隆苑19栋2单元603室", "li", ["chen"]),
    "2": ("2025-03-19 18:17", "closed", "criminal.fraud.telecom", "walk_in", "仁和公寓7栋1单元703室", "li", ["chen"]),
    "3": ("2025-04-06 00:29", "closed", "dispute.other", "phone", "铁机路237号", "wang", []),
    "4": ("2025-12-06 07:12", "closed", "fire", "110", "仁和公寓24栋3单元102室", "wang", []),
    "5": ("2025-06-19 19:00", "closed", "fire", "110", "中山路42号", "chen", []),
    "6": ("2025-12-22 00:00", "closed", "criminal.fraud.telecom", "box", "四清里19栋3单元1204室", "chen", []),
    "424": ("2025-11-04 21:50", "closed", "order.noise", "110", "农贸市场", "li", []),
    "425": ("2025-10-01 14:33", "closed", "dispute.neighbours", "box", "中山路75号", "li", []),
    "426": ("2025-04-11 20:47", "closed", "help", "patrol", "柴林花园16栋4单元1203室", "li", []),
    "428": ("2025-08-24 21:55", "closed", "dispute.neighbours", "walk_in", "停车场", "wang", []),
}  # fmt: skip


def test_the_incident_book_with_nothing_taught(people: Cast) -> None:
    run = bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    assert counts(run) == (263, 148, 10, 7)
    assert (run.status, run.problem, run.skipped) == ("done", "", 1)
    assert Entry.objects.filter(import_run=run.pk).count() == 411
    said = [
        (one.data["past"].get("said", {}).get("报警方式"), one.channel)
        for one in Entry.objects.all()
    ]
    assert said.count(("微信群", "")) == 61
    assert list(verify()) == []


def test_the_incident_book_after_words_were_mapped(people: Cast) -> None:
    teach(people, 微信群="online", 经济纠纷="dispute.other", 服务类="help.other")
    run = bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    assert counts(run) == (337, 74, 10, 7)
    entries = Entry.objects.filter(import_run=run.pk)
    assert entries.filter(channel="online").count() == 61
    assert (entries.filter(is_open=True).count(), entries.filter(state="closed").count()) == (
        127,
        284,
    )
    assert not entries.exclude(deadlines={}, due_at=None).exists()
    assert sum(len(one.assisting) > 0 for one in entries) == 42
    received = CountDelta.objects.filter(measure="received")
    assert SearchText.objects.count() == sum(received.values_list("n", flat=True)) == 411
    for number, expected in TEN_ROWS.items():
        one = entries.get(data__past__number=number)
        found = (
            clock.local(one.received_at).strftime("%Y-%m-%d %H:%M"), one.state, one.category,
            one.channel, one.place, one.responsible, one.assisting,
        )  # fmt: skip
        staff = [str(getattr(people, name).pk) for name in expected[6]]
        assert found == (*expected[:5], getattr(people, expected[5]).pk, staff), number


def test_what_a_cell_said_is_kept(people: Cast) -> None:
    bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    past = {one.data["past"]["number"]: one.data["past"] for one in Entry.objects.all()}
    assert past["3"]["said"]["报警时间"] == "4.6 0:29"
    assert past["1"]["said"]["出警民警"] == "李建国、陈静"
    assert past["3"]["said"]["警情类别"] == "经济纠纷"
    order = Entry.objects.get(place="尚隆苑19栋2单元603室")
    assert clock.local(order.received_at).hour == 11


def test_a_wrong_phone_is_sealed_with_its_person_and_nowhere_else(people: Cast) -> None:
    bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    entry = Entry.objects.get(data__past__number="425")
    person = EntryPerson.objects.get(entry=entry.id)
    plain = opened(person.id, entry.id, keyring.load(settings.HOME))
    assert (plain["name"], plain["phone_said"]) == ("袁浩轩", "1500000452")
    assert (person.name_mask, person.phone_mask, person.phone_hash) == ("袁*", "", None)
    assert b"1500000452" not in orjson.dumps(entry.data)


def test_full_width_digits_are_the_same_phone(people: Cast) -> None:
    bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    person = EntryPerson.objects.get(entry=Entry.objects.get(data__past__number="426").id)
    ring = keyring.load(settings.HOME)
    assert bytes(person.phone_hash) == ring.lookup("phone", "17700005391")


def test_the_visitor_book(people: Cast) -> None:
    run = bring(people, "visits", VISITS_FILE.read_bytes(), year=None)
    assert counts(run) == (340, 10, 0, 0)
    entries = Entry.objects.filter(import_run=run.pk)
    states = {
        s: entries.filter(state=s).count() for s in ("open", "referred", "handled", "explained")
    }
    # 77 blank but finished, 89 已办结, 58 转居委会 and finished; 25 with nothing; 18 still elsewhere
    assert states == {"open": 25, "referred": 18, "handled": 224, "explained": 83}
    assert entries.filter(data__referred_to="居委会").count() == 76
    assert entries.filter(narrative="𡈽地庙旁积水").count() == 51
    assert list(verify()) == []


def test_twice_adds_nothing(people: Cast) -> None:
    content = INCIDENTS_FILE.read_bytes()
    bring(people, "incidents", content)
    again = bring(people, "incidents", content)
    assert counts(again) == (0, 0, 421, 7)
    assert Entry.objects.count() == 411


def test_the_result_workbook_says_of_every_row_what_became_of_it(people: Cast) -> None:
    run = bring(people, "incidents", INCIDENTS_FILE.read_bytes())
    content = files.get(run, files.RESULT)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    original = list(openpyxl.load_workbook(INCIDENTS_FILE).active.iter_rows(values_only=True))
    assert [row[:12] for row in rows] == original
    assert sum(1 for row in rows[2:] if row[14]) == 411 + 10
    assert "2025-13-27" in rows[11][13]
    assert content not in b"".join(path.read_bytes() for path in files.folder(run).iterdir())
