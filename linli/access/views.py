"""One's own account: password, second step, sessions, ways of working, whereabouts."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.access import second_factor
from linli.access.forms import WaysForm, WhereaboutsForm
from linli.access.roles import INCIDENTS, PERMISSIONS, ROLES, VISITS, WORKLOGS, table
from linli.access.routes import signed_in
from linli.org.actions import set_whereabouts
from linli.org.models import Staff

KEYS_COOKIE = "linli_keys"
_YEAR = 365 * 24 * 3600


def _me(request: HttpRequest) -> Staff:
    return cast(Staff, request.user)


@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """The page of one's own account."""
    me = _me(request)
    codes = Authenticator.objects.filter(user=me, type=Authenticator.Type.RECOVERY_CODES).first()
    return render(
        request,
        "access/account.html",
        {
            "me": me,
            "posts": [(post, ROLES[post.role].title) for post in request.actor.posts],  # type: ignore[attr-defined]
            "whereabouts_form": WhereaboutsForm(
                initial={"whereabouts": me.whereabouts, "note": me.whereabouts_note}
            ),
            "ways_form": WaysForm(initial={"language": me.language, "keys_off": me.keys_off}),
            "second_factor": second_factor.has_one(me.pk),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "sessions": _sessions(me),
        },
    )


def _sessions(me: Staff) -> list[UserSession]:
    """Open sessions, the newest first, each with `browser` in words; ended ones are forgotten."""
    sessions = UserSession.objects.purge_and_list(me)
    for session in sessions:
        session.browser = browser_words(session.user_agent)
    return sorted(sessions, key=lambda one: one.created_at, reverse=True)


# The first that fits names it: most browsers also claim to be those further down.
_BROWSERS = {
    "MicroMessenger": "WeChat", "Edg": "Edge", "360SE": "360", "QQBrowser": "QQ", "UCBrowser": "UC",
    "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "HarmonyOS": "HarmonyOS", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad",
    "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


def browser_words(agent: str) -> str:
    """A browser by name and system ("Edge, Windows"); what is not known as it calls itself."""
    found = [
        next((name for mark, name in names.items() if mark in agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or agent[:60]


@signed_in
@require_POST
def whereabouts(request: HttpRequest) -> HttpResponse:
    form = WhereaboutsForm(request.POST)
    if form.is_valid():
        set_whereabouts(
            staff=_me(request),
            whereabouts=form.cleaned_data["whereabouts"],
            words=form.cleaned_data["note"],
        )
        messages.success(request, _("Your colleagues see where you are now."))
    else:
        messages.error(request, _("Choose where you are; the note has room for 60 characters."))
    return redirect("account_settings")


@signed_in
@require_POST
def ways(request: HttpRequest) -> HttpResponse:
    """Language and shortcuts: kept with the account; the shortcuts also as a cookie for the pages."""
    form = WaysForm(request.POST)
    response = redirect("account_settings")
    if not form.is_valid():
        messages.error(request, _("This language is not there. Choose one of the list."))
        return response
    me = _me(request)
    me.language = form.cleaned_data["language"]
    me.keys_off = form.cleaned_data["keys_off"]
    me.save(update_fields=["language", "keys_off"])
    if me.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, me.language, max_age=_YEAR, samesite="Lax"
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    if me.keys_off:
        response.set_cookie(KEYS_COOKIE, "off", max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(KEYS_COOKIE)
    messages.success(request, _("Saved."))
    return response


@signed_in
@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """End one of one's own sessions; ending the present one is signing out."""
    found = UserSession.objects.filter(pk=session, user=_me(request)).first()
    if found is None:
        raise Http404
    if found.is_current():
        return redirect("account_logout")
    found.end()
    messages.success(request, _("That session has ended."))
    return redirect("account_settings")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    for session in UserSession.objects.filter(user=_me(request)):
        if not session.is_current():
            session.end()
    messages.success(request, _("All other sessions have ended."))
    return redirect("account_settings")


@signed_in
def to_account(request: HttpRequest) -> HttpResponse:
    """Pages that allauth leads to and that are parts of the account page here."""
    return redirect("account_settings")


@signed_in
def roles(request: HttpRequest) -> HttpResponse:
    """Who may do what, as it is in the code: everybody may know the rules they work by."""
    shown = [code for code in ROLES if code != "resident"]
    rows = [
        (PERMISSIONS[permission], [_in_words(cell) for cell in cells[: len(shown)]])
        for permission, cells in table()
        if permission != "answer"
    ]
    return render(
        request, "access/roles.html", {"roles": [ROLES[code] for code in shown], "rows": rows}
    )


_LEDGERS = {
    INCIDENTS: gettext_lazy("incidents"),
    VISITS: gettext_lazy("visits"),
    WORKLOGS: gettext_lazy("work logs"),
}


def _in_words(cell: str) -> str:
    """A cell of the table with the ledgers by name; "*" and "" stay."""
    return ", ".join(str(_LEDGERS.get(code, code)) for code in cell.split(", "))
