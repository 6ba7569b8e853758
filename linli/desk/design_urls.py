"""Addresses of the designer of own ledgers."""

from __future__ import annotations

from django.urls import path

from linli.desk.designing import drafts, pages

app_name = "own"

urlpatterns = [
    path("own-ledgers/", pages.own_ledgers, name="list"),
    path("own-ledgers/new/", pages.begin, name="begin"),
    path("own-ledgers/<slug:code>/next/", pages.next_version, name="next"),
    path("own-ledgers/<slug:code>/retire/", pages.retire, name="retire"),
    path("own-ledgers/<uuid:design>/", drafts.draft, name="draft"),
    path("own-ledgers/<uuid:design>/settings/", drafts.settings, name="settings"),
    path("own-ledgers/<uuid:design>/preview/", drafts.preview, name="preview"),
    path("own-ledgers/<uuid:design>/publish/", pages.publish, name="publish"),
    path("own-ledgers/<uuid:design>/drop/", pages.drop, name="drop"),
    path("own-ledgers/<uuid:design>/fields/new/", drafts.add_field, name="field_add"),
    path("own-ledgers/<uuid:design>/fields/<str:name>/", drafts.change_field, name="field"),
    path("own-ledgers/<uuid:design>/fields/<str:name>/move/", drafts.move_field, name="field_move"),
    path(
        "own-ledgers/<uuid:design>/fields/<str:name>/remove/",
        drafts.remove_field,
        name="field_remove",
    ),
]
