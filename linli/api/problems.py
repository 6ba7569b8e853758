"""What went wrong, for a program and for the person before it: problem+json (RFC 9457).

{type, title, status, detail, errors: [{field, code, message}]}; the words are in the language of
Accept-Language. Nothing personal is ever in them: what was sent is not repeated.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as ParameterError
from pydantic import ValidationError as ShapeError

from linli.access.limits import LimitReached
from linli.ground.codes import Refused
from linli.ledger.acts.act import ConflictError
from linli.ledger.declaration.registry import UnknownLedger

log = logging.getLogger("linli.api")

MEDIA: Final = "application/problem+json"
TITLES: Final[Mapping[int, Any]] = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("A valid token is needed"),
    403: gettext_lazy("Your role does not allow this"),
    404: gettext_lazy("There is nothing here"),
    405: gettext_lazy("This is not done by this method"),
    409: gettext_lazy("Somebody else changed the matter meanwhile"),
    413: gettext_lazy("The request is too large"),
    415: gettext_lazy("Send JSON"),
    422: gettext_lazy("Something in what was sent is not right"),
    429: gettext_lazy("Today's limit is reached"),
    500: gettext_lazy("The server made a mistake"),
}
_NAMES: Final = {
    400: "unreadable", 401: "token", 403: "forbidden", 404: "not-found", 405: "method",
    409: "conflict", 413: "too-large", 415: "media-type", 422: "invalid", 429: "limit",
    500: "server",
}  # fmt: skip

Error = dict[str, str]


class Problem(Exception):
    """An answer other than the one hoped for. `extra` are further members of the problem."""

    def __init__(
        self, status: int, detail: str = "", errors: Sequence[Error] = (), **extra: Any
    ) -> None:
        super().__init__(status)
        self.status, self.detail, self.errors, self.extra = status, detail, errors, extra


def response(
    status: int, detail: str = "", errors: Sequence[Error] = (), **extra: Any
) -> HttpResponse:
    """The problem as an answer."""
    body: dict[str, Any] = {
        "type": f"/api/v1/problems/{_NAMES[status]}",
        "title": str(TITLES[status]),
        "status": status,
        **({"detail": detail} if detail else {}),
        **({"errors": list(errors)} if errors else {}),
        **extra,
    }
    answer = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA)
    # Django would log the path; what is worth a line is logged by `_on_mistake`, by its route.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="linli"'
    return answer


def errors_of(error: ValidationError) -> list[Error]:
    """Every problem of a Django ValidationError with its field ("" where it has none)."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
    return [
        {
            "field": "" if name == NON_FIELD_ERRORS else name,
            "code": one.code or "invalid",
            "message": " ".join(one.messages),
        }
        for name, errors in by_field.items()
        for error_of_field in errors
        for one in (error_of_field.error_list or [error_of_field])
    ]


# pydantic's words are English and meant for programmers: these are ours, by its kinds of error.
_SHAPE_WORDS: Final[Mapping[str, Any]] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("There is no such field here."),
    "string_type": gettext_lazy("This must be text."),
    "dict_type": gettext_lazy("This must be an object."),
    "list_type": gettext_lazy("This must be a list."),
}


def errors_of_shape(found: Iterable[Mapping[str, Any]]) -> list[Error]:
    """The errors of pydantic in our words; "data.people.0.name" says where."""
    return [
        {
            "field": ".".join(str(part) for part in one["loc"] if part not in ("query", "path")),
            "code": str(one["type"]),
            "message": str(_SHAPE_WORDS.get(one["type"]) or _("This value does not fit here.")),
        }
        for one in found
    ]


def _on_shape(request: HttpRequest, error: ShapeError) -> HttpResponse:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found and found[0]["type"] == "json_invalid":
        return response(400, _("This is not JSON."))
    return response(422, errors=errors_of_shape(found))


def _on_mistake(request: HttpRequest, error: Exception) -> HttpResponse:
    """Logged by route and place in the source: the words of an exception may name a person."""
    route = request.resolver_match.route if request.resolver_match else "?"
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s at %s %s\n%s", type(error).__name__, request.method, route, places)
    return response(500, _("It was logged. Try again; if it goes on, tell your administrator."))


def handle(api: NinjaAPI) -> None:
    """Tell the API how each kind of refusal is answered."""

    def on(kind: type[Exception], answer: Any) -> None:
        api.add_exception_handler(kind, answer)

    on(Problem, lambda r, e: response(e.status, e.detail, e.errors, **e.extra))
    on(ValidationError, lambda r, e: response(422, errors=errors_of(e)))
    on(
        Refused,
        lambda r, e: response(
            422, errors=[{"field": "value", "code": e.code, "message": str(e.message)}]
        ),
    )
    on(ShapeError, _on_shape)
    on(ParameterError, lambda r, e: response(422, errors=errors_of_shape(e.errors)))
    on(LimitReached, lambda r, e: response(429, str(e)))
    on(PermissionDenied, lambda r, e: response(403))
    # DoesNotExist of whatever table: of entries, of a register of things.
    for kind in (ObjectDoesNotExist, Http404, UnknownLedger):
        on(kind, lambda r, e: response(404))
    on(ConflictError, lambda r, e: response(409, seen=e.seen, now=e.now))
    on(AuthenticationError, lambda r, e: response(401))
    on(HttpError, lambda r, e: response(e.status_code if e.status_code in TITLES else 400))
    on(Exception, _on_mistake)
