"""Papers at the desk: thick books, Word files, templates of the bureau, receipts on paper."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.history.models import ReadLog, Step
from linli.ledger.entries.models import Receipt
from linli.ledger.printing.models import Book, WordTemplate
from linli.ledger.runs import tasks
from linli.ledger.runs.run import State
from linli.org import tree
from linli.org.models import Posting
from tests.cast import Cast, record, signed_in
from tests.ledger.printing.papers import said, word

ENGLISH = {"accept-language": "en"}
CHINESE = {"accept-language": "zh-hans"}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def pdf_text(response: Any) -> str:
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    content = b"".join(response) if response.streaming else response.content
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    # Without any space: where a line was broken does not matter.
    return "".join("".join(page.extract_text() for page in pages).split()).replace("\u200b", "")


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two matters are a thick book already."""
    monkeypatch.setattr("linli.desk.printing.AT_ONCE", 1)


@pytest.fixture
def bureau_admin(people: Cast) -> Client:
    """冯刚, moved from the branch to the bureau: he sets what holds for all."""
    Posting.objects.filter(staff=people.admin).update(unit=people.bureau)
    tree.forget()
    return signed_in(Client(headers=ENGLISH), people.admin)


# Thick books


def test_a_thick_book_is_ordered_watched_and_taken(people: Cast, li: Client, thin: None) -> None:
    for n in range(3):
        record("visits", people.li, people.room, narrative=f"第{n}位来访群众咨询户口")
    asked = li.get("/ledgers/visits/print/?state=open", headers=ENGLISH)
    assert "3 matters are to be printed." in text(asked)
    assert not ReadLog.objects.filter(kind="print").exists()
    ordered = li.post("/ledgers/visits/print/?state=open")
    book = Book.objects.get()
    assert ordered.headers["Location"] == f"/books/{book.pk}/"
    page = li.get(f"/books/{book.pk}/", headers=ENGLISH)
    assert book.status == State.DONE
    assert "The book has 1 page with 3 matters." in text(page)
    paper = pdf_text(li.get(f"/books/{book.pk}/file/"))
    assert all(f"第{n}位来访群众咨询户口" in paper for n in range(3))
    assert "梅苑社区警务室" in paper
    [read] = ReadLog.objects.filter(kind="print")
    assert (read.room, read.count) == (people.room.pk, 3)
    assert "3 of 3" in text(li.get(f"/books/{book.pk}/progress/", headers=ENGLISH))
    again = li.get("/ledgers/visits/print/", headers=ENGLISH)
    assert f"/books/{book.pk}/" in text(again)


def test_only_who_ordered_a_book_sees_it(
    people: Cast, li: Client, wang: Client, thin: None
) -> None:
    for _ in range(2):
        record("visits", people.li, people.room)
    li.post("/ledgers/visits/print/")
    book = Book.objects.get()
    for path in ("", "progress/", "file/"):
        assert wang.get(f"/books/{book.pk}/{path}").status_code == 404
    assert wang.post(f"/books/{book.pk}/again/").status_code == 404


def test_a_book_whose_process_went_away_is_made_anew(
    people: Cast, li: Client, thin: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        record("visits", people.li, people.room)
    with monkeypatch.context() as off:
        off.setattr(tasks.carry_out.__class__, "enqueue", lambda *_given, **_more: None)
        li.post("/ledgers/visits/print/")
    book = Book.objects.get()
    assert "data-poll-url" in text(li.get(f"/books/{book.pk}/"))
    assert li.get(f"/books/{book.pk}/file/").status_code == 404
    Book.objects.update(status=State.STOPPED, problem="the disk is full")
    page = text(li.get(f"/books/{book.pk}/", headers=ENGLISH))
    assert "the disk is full" in page
    assert "Make it anew" in page
    li.post(f"/books/{book.pk}/again/")
    book.refresh_from_db()
    assert book.status == State.DONE


def test_in_chinese(people: Cast, li: Client, thin: None) -> None:
    for _ in range(2):
        record("visits", people.li, people.room)
    assert "共 2 件待打印" in text(li.get("/ledgers/visits/print/", headers=CHINESE))
    li.post("/ledgers/visits/print/", headers=CHINESE)
    book = Book.objects.get()
    assert "登记簿共 1 页，2 件。" in text(li.get(f"/books/{book.pk}/", headers=CHINESE))
    assert "第1页共1页" in pdf_text(li.get(f"/books/{book.pk}/file/"))


# Word


def test_a_matter_is_saved_as_word_masked_and_logged(people: Cast, li: Client) -> None:
    visitor = {"role": "visitor", "name": "欧阳修远", "phone": "13800001234"}
    done = record("visits", people.li, people.room, visitors=[visitor])
    page = text(li.get(f"/entries/{done.entry}/", headers=ENGLISH))
    assert f'href="/entries/{done.entry}/word/"' in page
    answer = li.get(f"/entries/{done.entry}/word/")
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    lines = "\n".join(said(answer.content))
    assert "欧阳*" in lines
    assert "修远" not in lines
    [read] = ReadLog.objects.filter(kind="print")
    assert read.entry == done.entry


def test_a_template_with_names_asks_what_for(people: Cast, li: Client) -> None:
    visitor = {"role": "visitor", "name": "欧阳修远", "phone": "13800001234"}
    done = record("visits", people.li, people.room, visitors=[visitor])
    WordTemplate.objects.create(
        ledger="visits", name="entry", digest="", file_name="x.docx", by_name="x",
        content=word("{% for one in people %}{{ one.name }} {{ one.phone }}{% endfor %}"),
    )  # fmt: skip
    asked = li.get(f"/entries/{done.entry}/word/", headers=ENGLISH)
    assert "What do you need it for?" in text(asked)
    assert not ReadLog.objects.exists()
    refused = li.post(f"/entries/{done.entry}/word/", {"purpose": "other"})
    assert refused.status_code == 422
    given = li.post(f"/entries/{done.entry}/word/", {"purpose": "matter", "matter": "V-1"})
    assert said(given.content) == ["欧阳修远 13800001234"]
    assert sorted(ReadLog.objects.values_list("kind", flat=True)) == ["print", "reveal"]


def test_who_may_not_print_saves_no_word(people: Cast) -> None:
    done = record("visits", people.li, people.room)
    auxiliary = signed_in(Client(), people.chen)
    assert auxiliary.get(f"/entries/{done.entry}/word/").status_code == 403
    assert "/word/" not in text(auxiliary.get(f"/entries/{done.entry}/"))
    outsider = signed_in(Client(), people.outsider)
    assert outsider.get(f"/entries/{done.entry}/word/").status_code == 404


def test_a_broken_template_is_said_and_printing_goes_on(people: Cast, li: Client) -> None:
    done = record("visits", people.li, people.room)
    WordTemplate.objects.create(
        ledger="visits", name="entry", content=word("{{ gone }}"), digest="", file_name="x.docx",
        by_name="x",
    )  # fmt: skip
    page = li.get(f"/entries/{done.entry}/word/", headers=ENGLISH)
    assert page.status_code == 422
    assert "there is no field “gone”" in text(page)
    assert f"/entries/{done.entry}/print/" in text(page)


# The administrator's templates


def upload(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("ours.docx", content)
    return client.post("/administer/templates/visits/entry/", {"file": file, **more})


def test_templates_are_taken_shown_and_removed(people: Cast, bureau_admin: Client) -> None:
    done = record("visits", people.li, people.room)
    assert "/administer/templates/visits/entry/" in text(bureau_admin.get("/administer/templates/"))
    page = text(bureau_admin.get("/administer/templates/visits/entry/"))
    assert "<code>facts.narrative</code>" in page
    assert "The template that comes with the program." in page
    assert upload(bureau_admin, word("ours {{ serial }}")).status_code == 302
    page = text(bureau_admin.get("/administer/templates/visits/entry/"))
    assert "ours.docx · 冯刚" in page
    li = signed_in(Client(), people.li)
    assert said(li.get(f"/entries/{done.entry}/word/").content)[0].startswith("ours ")
    held = bureau_admin.get("/administer/templates/visits/entry/file/")
    assert said(held.content) == ["ours {{ serial }}"]
    shown = bureau_admin.get("/administer/templates/visits/entry/preview/")
    assert said(shown.content) == ["ours 〔Number〕"]
    bureau_admin.post("/administer/templates/visits/entry/remove/")
    assert not WordTemplate.objects.exists()
    told = list(
        Step.objects.filter(action__startswith="word_template").values_list("action", "room")
    )
    assert sorted(told) == [
        ("word_template.removed", people.bureau.pk), ("word_template.set", people.bureau.pk),
    ]  # fmt: skip


def test_a_field_that_is_not_there_is_told_with_those_that_are(
    people: Cast, bureau_admin: Client
) -> None:
    page = upload(bureau_admin, word("Head", "{{ facts.naratiev }}"))
    assert page.status_code == 422
    told = text(page)
    assert "Line 2 (“{{ facts.naratiev }}”): there is no field “facts.naratiev”." in told
    assert "Did you mean “facts.narrative”?" in told
    assert "<code>facts.narrative</code>" in told
    assert not WordTemplate.objects.exists()


def test_a_template_is_looked_at_before_it_is_taken(people: Cast, bureau_admin: Client) -> None:
    shown = upload(bureau_admin, word("{{ serial }}"), **{"try": "1"})
    assert said(shown.content) == ["〔Number〕"]
    assert not WordTemplate.objects.exists()


def test_only_an_administrator_of_the_bureau_sets_them(people: Cast, li: Client) -> None:
    branch = signed_in(Client(headers=ENGLISH), people.admin)
    assert branch.get("/administer/templates/cases/entry/").status_code == 200
    page = text(branch.get("/administer/templates/visits/entry/"))
    assert "Templates hold for all: an administrator of the bureau sets them." in page
    assert upload(branch, word("x")).status_code == 403
    assert branch.post("/administer/templates/visits/entry/remove/").status_code == 403
    assert li.get("/administer/templates/").status_code in (403, 404)
    for path in ("nothing/entry/", "visits/nothing/", "worklogs/entry/"):
        assert branch.get(f"/administer/templates/{path}").status_code == 404


# Receipts


def receipt_code(client: Client, entry: Any) -> str:
    page = text(client.post(f"/entries/{entry}/receipt/", headers=ENGLISH))
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page)
    assert found
    return found[0]


@pytest.mark.parametrize("paper", ["a6", "roll", "nonsense"])
def test_the_receipt_is_printed_at_the_counter(people: Cast, li: Client, paper: str) -> None:
    done = record("visits", people.li, people.room)
    code = receipt_code(li, done.entry)
    slip = li.post(f"/entries/{done.entry}/receipt/slip/", {"code": code, "paper": paper})
    printed = pdf_text(slip)
    assert code.replace("-", "") in printed
    assert "梅苑社区警务室" in printed
    assert "http://testserver/receipt/" in printed
    [page] = pypdf.PdfReader(io.BytesIO(slip.content)).pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == (80 if paper == "roll" else 105)
    assert code not in slip["Content-Disposition"]


def test_a_receipt_is_printed_for_its_own_matter_only(people: Cast, li: Client) -> None:
    done, other = (record("visits", people.li, people.room) for _ in range(2))
    code = receipt_code(li, done.entry)
    assert li.post(f"/entries/{other.entry}/receipt/slip/", {"code": code}).status_code == 404
    assert li.post(f"/entries/{done.entry}/receipt/slip/", {"code": "x"}).status_code == 404
    assert li.get(f"/entries/{done.entry}/receipt/slip/").status_code == 405


def test_a_resident_prints_the_receipt_by_its_code(people: Cast, li: Client) -> None:
    done = record("visits", people.li, people.room)
    code = receipt_code(li, done.entry)
    resident = Client()
    slip = resident.post("/receipt/slip/", {"code": code.lower()})
    assert code.replace("-", "") in pdf_text(slip)
    assert Receipt.objects.count() == 1
    for answer in (
        resident.post("/receipt/slip/", {"code": "ABCD-EFGH-JKMN-PQRS"}),
        resident.get("/receipt/slip/", {"code": code}),
    ):
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/receipt/"
