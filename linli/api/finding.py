"""Search: entries by their text or serial; a person only with a purpose."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from linli.api import entry_json
from linli.api.declared import DECLARED, answers
from linli.api.entrance import actor_of, needs, read
from linli.api.entries import answer
from linli.api.shapes import FindPersonIn, FoundOut, PeopleFoundOut
from linli.ledger.declaration import registry
from linli.ledger.entries import people
from linli.ledger.reading import search

router = Router(tags=["search"])


@router.get("/find", response=answers(200, FoundOut), summary="Find entries")
@needs("search")
def find(
    request: HttpRequest,
    q: str = Query(..., min_length=1, max_length=100),
    ledger: str | None = Query(None, max_length=40),
    cursor: str | None = Query(None, max_length=40),
    size: int = Query(50, ge=1, le=200),
    counted: bool = False,
) -> HttpResponse:
    """By two Chinese characters, a word, pinyin or a serial: the matter of that serial first, then
    the newest. With `counted` also how many of the newest 200 hits each ledger has. Logged.

    A phone or identity number is a person: `how` says so, and POST /find-person asks why.
    """
    if ledger is not None:
        registry.get(ledger)
    found = search.find(actor_of(request), q, ledger, size, cursor, fetch=entry_json.fetch)
    following = None
    if found.next:
        asked = {"q": q, "ledger": ledger, "size": size, "cursor": found.next}
        following = f"{request.path}?{urlencode({k: v for k, v in asked.items() if v})}"
    return answer(
        {
            "how": found.how,
            "entries": entry_json.of_entries(found.entries),
            "words": found.words,
            "counts": search.tally(actor_of(request), q)[0] if counted else None,
            "next": following,
        }
    )


@router.post(
    "/find-person", response=answers(200, PeopleFoundOut), openapi_extra=DECLARED,
    summary="Find a person, with a purpose",
)  # fmt: skip
@needs("lookup")
def find_person(request: HttpRequest) -> HttpResponse:
    """The matters somebody appears in, by phone, identity number, name or pinyin of the name.

    The purpose is checked, the day's limit counted and the look-up logged.
    """
    body = read(request, FindPersonIn)
    found = search.find_person(
        actor_of(request), kind=body.kind, value=body.value, purpose=body.purpose,
        matter=body.matter, words=body.words,
    )  # fmt: skip
    return answer(
        {
            "found": [
                {"entry": entry_json.shown(vars(entry)), "person": people.shown([person])[0]}
                for entry, person in found
            ]
        }
    )
