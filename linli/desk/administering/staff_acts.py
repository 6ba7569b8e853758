"""What is done to accounts: made, changed, posted, let in and shut out. Each leaves a chained step."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from allauth.usersessions.models import UserSession
from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.access import second_factor, tokens
from linli.access.models import Token
from linli.access.routes import needs
from linli.desk.administering import pages, scope
from linli.desk.administering.staff import page_of
from linli.desk.administering.staff_forms import (
    EmptyForm,
    EndForm,
    NewPersonForm,
    PersonForm,
    PostingForm,
    ReasonForm,
)
from linli.desk.refilling import as_uuid
from linli.desk.requests import Asked
from linli.org import actions
from linli.org.models import Posting, Staff

# Read aloud and typed by hand: nothing that looks like something else.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Sixteen signs in groups of four: 78 bits, easily read aloud."""
    return "-".join("".join(secrets.choice(_SIGNS) for _n in range(4)) for _g in range(4))


def _changeable_or_404(request: Asked, staff: UUID) -> tuple[Staff, str]:
    """The account, and why it is not this administrator's to change ("" when it is)."""
    found = scope.staff_or_404(request.actor, staff)
    return found, scope.why_not(request.actor, found)


def _back(request: Asked, staff: Staff, refused: str = "") -> HttpResponseRedirect:
    if refused:
        messages.error(request, refused)
    return HttpResponseRedirect(page_of(staff))


def _show_once(request: Asked, staff: Staff, password: str, new: bool) -> HttpResponse:
    """The page with the password: never stored, never kept by the browser, gone when left."""
    context = {"staff": staff, "password": password, "new": new}
    response = render(request, "desk/administer/password.html", context)
    response["Cache-Control"] = "no-store"
    return response


@needs("administer")
def add(request: Asked) -> HttpResponse:
    """A new account with its first posting; its first password is shown once."""
    form = NewPersonForm(
        request.POST or None, actor=request.actor, initial={"unit": _asked_unit(request)}
    )
    password = new_password()
    made: list[Staff] = []

    def make() -> None:
        made.append(actions.add_staff(password=password, by=request.actor, **form.cleaned_data))

    if request.method == "POST" and form.is_valid() and pages.tried(form, make):
        return _show_once(request, made[0], password, new=True)
    return pages.form_page(
        request, form, title=_("Add an account"), button=_("Add"),
        back=reverse("administer:people"), back_words=_("Staff"),
        note=_("The first password is made by the program and shown once, on the next page."),
        suggest=reverse("administer:suggest_units"), status=422 if form.is_bound else 200,
    )  # fmt: skip


def _asked_unit(request: Asked) -> str:
    unit = as_uuid(request.GET.get("unit"))
    return scope.unit_or_404(request.actor, unit).code if unit else ""


@needs("administer")
def change(request: Asked, staff: UUID) -> HttpResponse:
    """Name, badge number, rank, work phone, whether shown on the room's page."""
    found, refused = _changeable_or_404(request, staff)
    if refused:
        return _back(request, found, refused)
    form = PersonForm(request.POST or None, instance=found)
    fresh = Staff.objects.get(pk=found.pk)

    def act() -> None:
        actions.change_staff(staff=fresh, by=request.actor, **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and pages.tried(form, act):
        messages.success(request, _("The account is changed."))
        return _back(request, found)
    return pages.form_page(
        request, form, title=_("Change the account"), button=_("Save"), back=page_of(found),
        back_words=found.name, status=422 if form.is_bound else 200,
    )  # fmt: skip


@needs("administer")
def post(request: Asked, staff: UUID) -> HttpResponse:
    """A further posting. Nobody posts themselves: whoever hands out access does not take it."""
    found = scope.staff_or_404(request.actor, staff)
    if found.pk == request.actor.id:
        return _back(
            request,
            found,
            _("Nobody gives a post to themselves. Ask another administrator to do it."),
        )
    form = PostingForm(
        request.POST or None, actor=request.actor, initial={"unit": _asked_unit(request)}
    )

    def act() -> None:
        actions.post(staff=found, by=request.actor, **form.cleaned_data)

    if request.method == "POST" and form.is_valid():
        if _held_already(found, form):
            form.add_error("role", _("This person holds this role there already."))
        elif pages.tried(form, act):
            messages.success(request, _("The posting is added."))
            return _back(request, found)
    return pages.form_page(
        request, form, title=_("Add a posting"), button=_("Add"), back=page_of(found),
        back_words=found.name, status=422 if form.is_bound else 200,
        note=_("It adds to the postings held now. End the old one if the person moves."),
        suggest=reverse("administer:suggest_units"),
    )  # fmt: skip


def _held_already(staff: Staff, form: PostingForm) -> bool:
    given = form.cleaned_data
    return Posting.objects.filter(
        staff=staff, unit=given["unit"], role=given["role"], until=None
    ).exists()


@needs("administer")
def end(request: Asked, staff: UUID) -> HttpResponse:
    """End one posting (`?posting=`), from a day on."""
    found = scope.staff_or_404(request.actor, staff)
    if found.pk == request.actor.id:
        return _back(
            request, found, _("Nobody ends their own posting. Ask another administrator to do it.")
        )
    asked = as_uuid(request.GET.get("posting"))
    if asked is None:
        raise Http404
    posting = Posting.objects.filter(
        pk=asked,
        staff=found,
        until=None,
        unit__in=scope.units(request.actor),
    ).first()
    if posting is None:
        raise Http404
    form = EndForm(request.POST or None)

    def act() -> None:
        actions.end_posting(posting=posting, by=request.actor, until=form.cleaned_data["until"])

    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["until"] < posting.since:
            form.add_error("until", _("The posting begins on %(day)s.") % {"day": posting.since})
        elif pages.tried(form, act):
            messages.success(
                request, _("The posting is ended. A new one can be added at any time.")
            )
            return _back(request, found)
    return pages.form_page(
        request, form, title=_("End the posting"), button=_("End the posting"), danger=True,
        back=page_of(found), back_words=found.name, status=422 if form.is_bound else 200,
        note=_("%(unit)s, %(role)s since %(day)s") % {
            "unit": posting.unit.name, "role": posting.get_role_display(), "day": posting.since,
        },
    )  # fmt: skip


@needs("administer")
@require_POST
def may_sign_in(request: Asked, staff: UUID) -> HttpResponse:
    """Shut an account or open it again; shutting ends its sessions."""
    found, refused = _changeable_or_404(request, staff)
    if refused:
        return _back(request, found, refused)
    on = request.POST.get("on") == "1"
    with transaction.atomic():
        actions.change_staff(staff=found, by=request.actor, is_active=on)
        if not on:
            _end_sessions(found)
    if on:
        messages.success(request, _("%(name)s may sign in again.") % {"name": found.name})
    else:
        messages.success(
            request,
            _("%(name)s cannot sign in any more. This can be taken back.") % {"name": found.name},
        )
    return _back(request, found)


@needs("administer")
def password(request: Asked, staff: UUID) -> HttpResponse:
    """A new password, shown once; lock-outs and open sessions end with it."""
    found, refused = _changeable_or_404(request, staff)
    if refused:
        return _back(request, found, refused)
    if request.method == "POST":
        made = new_password()
        with transaction.atomic():
            actions.set_password(staff=found, password=made, by=request.actor)
            _end_sessions(found)
            AxesProxyHandler.reset_attempts(username=found.username)
        return _show_once(request, found, made, new=False)
    return pages.form_page(
        request, EmptyForm(), title=_("Reset the password"), button=_("Make a new password"),
        back=page_of(found), back_words=found.name,
        note=_("The old password stops working at once and open sessions end. The new one is shown once, on the next page."),
    )  # fmt: skip


@needs("administer")
def second_step(request: Asked, staff: UUID) -> HttpResponse:
    """Take the second factor away, with a reason: the next sign-in sets up a new one."""
    found, refused = _changeable_or_404(request, staff)
    if refused:
        return _back(request, found, refused)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            second_factor.switch_off(
                staff=found, by=request.actor, reason=form.cleaned_data["reason"]
            )
            _end_sessions(found)
        messages.success(
            request, _("The second factor is reset. At the next sign-in a new one is set up.")
        )
        return _back(request, found)
    return pages.form_page(
        request, form, title=_("Reset the second factor"), button=_("Reset"), danger=True,
        back=page_of(found), back_words=found.name, status=422 if form.is_bound else 200,
        note=_("Be sure that it is really this person who asks: see them or call their work phone."),
    )  # fmt: skip


@needs("administer")
@require_POST
def sessions(request: Asked, staff: UUID) -> HttpResponse:
    """Sign somebody out everywhere."""
    found, refused = _changeable_or_404(request, staff)
    if refused:
        return _back(request, found, refused)
    with transaction.atomic():
        count = _end_sessions(found)
        if count:
            actions.note_staff(
                staff=found, action="staff.sessions_ended", by=request.actor, body={"count": count}
            )
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": found.name})
    return _back(request, found)


def _end_sessions(staff: Staff) -> int:
    """End the open sessions of somebody and their keys for programs; how many there were.

    A key acts in their name without password and second factor: who is shut out is so with all.
    """
    open_ones = UserSession.objects.purge_and_list(staff)
    for session in open_ones:
        session.end()
    keys = list(Token.objects.filter(staff=staff, ended_at=None))
    for key in keys:
        tokens.end(key)
    return len(open_ones) + len(keys)
