"""Routes for these tests: sign-in, and a page of each kind of access."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from linli.access import lapsed_forms
from linli.access.routes import needs, public, signed_in


@public
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


@signed_in
def somebody(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)  # type: ignore[attr-defined]


@needs("record")
def form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("saved " + request.POST["narrative"])
    typed = lapsed_forms.take(request)
    return HttpResponse(typed["narrative"] if typed else "empty")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", include("linli.access.urls")),
    path("anybody/", anybody, name="anybody"),
    path("desk/", somebody, name="somebody"),
    path("form/", form, name="form"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("undeclared/", undeclared, name="undeclared"),
]
