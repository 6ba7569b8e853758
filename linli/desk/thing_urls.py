"""Addresses of the registers of things."""

from __future__ import annotations

from django.urls import path

from linli.desk.things import acting, card, figures, lists, looking_up, printing

app_name = "things"

urlpatterns = [
    path("things/", lists.registers, name="registers"),
    path("things/<slug:code>/", lists.listed, name="list"),
    path("things/<slug:code>/new/", acting.add, name="add"),
    path("things/<slug:code>/look-up/", looking_up.look_up, name="look_up"),
    path("things/<slug:code>/figures/", figures.figures, name="figures"),
    path("things/<slug:code>/<uuid:id>/", card.one, name="one"),
    path("things/<slug:code>/<uuid:id>/do/<slug:action>/", acting.do, name="do"),
    path("things/<slug:code>/<uuid:id>/reveal/", looking_up.reveal, name="reveal"),
    path("things/<slug:code>/<uuid:id>/print/", printing.printed, name="print"),
]
