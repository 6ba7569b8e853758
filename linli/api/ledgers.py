"""What ledgers there are, and whose token this is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from linli.access.actor import Actor
from linli.access.roles import PERMISSIONS
from linli.api.declared import answers, data_schema
from linli.api.entrance import actor_of, any_token, needs
from linli.api.entries import answer
from linli.api.shapes import LedgerOut, LedgersOut, MeOut, ViewsOut
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.reading.saved import saved_views

router = Router(tags=["ledgers"])


@router.get("/me", response=answers(200, MeOut), summary="Whose token this is")
@any_token
def me(request: HttpRequest) -> HttpResponse:
    """The owner of the token, the posts, and what the token may do somewhere."""
    actor = actor_of(request)
    return answer(
        {
            "id": actor.id,
            "name": actor.name,
            "posts": [
                {
                    "unit": post.unit,
                    "kind": post.unit_kind,
                    "name": post.unit_name,
                    "role": post.role,
                }
                for post in actor.posts
            ],
            "may": _held(actor, None),
        }
    )


@router.get("/ledgers", response=answers(200, LedgersOut), summary="All ledgers")
@needs("read")
def ledgers(request: HttpRequest) -> HttpResponse:
    """The declarations of the ledgers that the token may read."""
    actor = actor_of(request)
    seen = registry.open_to(actor)
    return answer({"ledgers": [_declaration(one, actor) for one in seen]})


@router.get("/ledgers/{ledger}", response=answers(200, LedgerOut), summary="One ledger")
@needs("read")
def ledger(request: HttpRequest, ledger: str) -> HttpResponse:
    """Fields with their JSON Schema, states, actions and categories of a ledger."""
    actor = actor_of(request)
    declared = registry.get(ledger)
    if not actor.may("read", declared.code):
        raise Http404
    return answer(_declaration(declared, actor))


@router.get("/ledgers/{ledger}/views", response=answers(200, ViewsOut), summary="Saved views")
@needs("read")
def views(request: HttpRequest, ledger: str) -> HttpResponse:
    """The views of a ledger's list that the token's owner has kept or that are shared with them.

    `query` is what GET /ledgers/{ledger}/entries takes.
    """
    actor = actor_of(request)
    declared = registry.get(ledger)
    if not actor.may("read", declared.code):
        raise Http404
    seen = saved_views.seen_by(actor, declared)
    return answer(
        {
            "views": [
                {
                    "id": view.row.id,
                    "name": view.row.name,
                    "query": view.row.query,
                    "owner": view.row.owner,
                    "unit": view.row.unit,
                    "first": view.first,
                }
                for view in seen
            ]
        }
    )


def _held(actor: Actor, ledger: str | None) -> list[str]:
    return [permission for permission in PERMISSIONS if actor.may(permission, ledger)]


def _declaration(ledger: Ledger, actor: Actor) -> dict[str, Any]:
    tree = ledger.categories
    return {
        "code": ledger.code,
        "title": str(ledger.title),
        "key": ledger.key,
        "version": ledger.version,
        "fields": {
            field.name: {
                **field.kind.schema(field),
                "title": str(field.title),
                **({"description": str(field.hint)} if field.hint else {}),
                "x-kind": field.kind.code,
                "x-privacy": field.privacy,
                "x-required": field.required,
                "x-choices": [[choice.code, str(choice.title)] for choice in field.choices],
            }
            for field in ledger.fields
        },
        "states": [
            {"name": state.name, "title": str(state.title), "open": state.open}
            for state in ledger.states
        ],
        "actions": [
            {
                "name": action.name,
                "title": str(action.title),
                "needs": action.needs,
                "from_states": list(action.from_states),
                "to": action.to,
                "reason": action.reason,
                "adds": action.adds or None,
                "data": data_schema(ledger, action),
            }
            for action in ledger.all_actions.values()
        ],
        "categories": [{"code": node.code, "title": tree.text(node.code)} for node in tree.walk()]
        if tree
        else [],
        "may": _held(actor, ledger.code),
    }
