"""Every route declares who may open it, and a test walks all routes to see that it does.

    @public                        anybody; nothing personal
    @signed_in                     anybody with an account
    @needs("record")               whoever holds the permission somewhere; rows still come from policy

The view finds the actor in `request.actor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, Literal
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import gettext as _

from linli.access import lapsed_forms, second_factor
from linli.access.actor import Actor
from linli.access.roles import PERMISSIONS

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares: "public", "signed_in", or "needs" with a permission."""

    kind: Literal["public", "signed_in", "needs", "token"]
    permission: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.permission}".strip()


PUBLIC: Final = Access("public")
SIGNED_IN: Final = Access("signed_in")
TOKEN: Final = Access("token")


def public(view: View) -> View:
    """Anybody may open this route."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody with an account may; others are led to sign-in, and what they typed is kept."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _to_sign_in(request) or view(request, *args, **kwargs)

    guarded.access = SIGNED_IN  # type: ignore[attr-defined]
    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """Whoever holds `permission` for some ledger somewhere.

    Others get 404; but somebody who may read gets 403, being told that the role does not allow it,
    unless the route takes the id of something else than an entry: then 404 tells nothing.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission} is not a permission of roles.py")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            redirect = _to_sign_in(request) or _to_second_factor(request)
            if redirect is not None:
                return redirect
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if not actor.may(permission):
                if actor.may("read") and _names_no_row(kwargs):
                    raise PermissionDenied(_("Your role does not allow this here."))
                raise Http404
            return view(request, *args, **kwargs)

        guarded.access = Access("needs", permission)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _names_no_row(parameters: dict[str, Any]) -> bool:
    return not any(isinstance(v, UUID) for name, v in parameters.items() if name != "entry")


def _to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Where somebody without a session goes; a form they sent is parked and named in `next`."""
    if request.user.is_authenticated:
        return None
    if lapsed_forms.from_script(request):
        return HttpResponse(status=401)
    path = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        path = lapsed_forms.park(request) or request.path
    return _go(request, f"{settings.LOGIN_URL}?next={quote(path, safe='/')}")


def _to_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Whoever may unmask people sets up a second factor before anything else."""
    if second_factor.done(request):
        return None
    return _go(request, reverse("mfa_activate_totp"))


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect; htmx is told by header, since it would follow a plain one inside the page."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


# Routes whose views are not ours, by the start of their view's module: what they ask by themselves.
THIRD_PARTY: Final[dict[str, Access]] = {
    "django.views.i18n.": PUBLIC,
    "django.views.static.": PUBLIC,
    "django.contrib.staticfiles.": PUBLIC,
    "django_prometheus.": PUBLIC,
}


def walk(urlconf: Any = None) -> Iterator[tuple[str, str, View, Access | None]]:
    """Every route as (pattern, name, view, access); access is None where nobody declared it."""
    yield from _walk(get_resolver(urlconf), "", "")


def _walk(
    resolver: URLResolver, prefix: str, namespace: str
) -> Iterator[tuple[str, str, View, Access | None]]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield pattern, namespace + (entry.name or ""), entry.callback, _declared(entry)


def _declared(entry: URLPattern) -> Access | None:
    own = getattr(entry.callback, "access", None)
    if own is not None:
        return own  # type: ignore[no-any-return]
    view = f"{entry.callback.__module__}.{getattr(entry.callback, '__name__', '')}"
    return next((access for start, access in THIRD_PARTY.items() if view.startswith(start)), None)
