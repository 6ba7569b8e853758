"""Addresses of the administration."""

from __future__ import annotations

from django.urls import path

from linli.desk.administering import (
    overview,
    retention,
    rules,
    staff,
    staff_acts,
    templates,
    unit_acts,
    units,
    workdays,
)

app_name = "administer"

urlpatterns = [
    path("administer/", overview.overview, name="overview"),
    path("administer/units/", units.units, name="units"),
    path("administer/units/suggest/", staff.suggest_units, name="suggest_units"),
    path("administer/units/communities/", unit_acts.communities, name="communities"),
    path("administer/units/<uuid:unit>/", units.unit, name="unit"),
    path("administer/units/<uuid:unit>/change/", unit_acts.change, name="unit_change"),
    path("administer/units/<uuid:unit>/add/", unit_acts.add, name="unit_add"),
    path("administer/units/<uuid:unit>/move/", unit_acts.move, name="unit_move"),
    path("administer/units/<uuid:unit>/close/", unit_acts.close, name="unit_close"),
    path("administer/units/<uuid:unit>/reopen/", unit_acts.reopen, name="unit_reopen"),
    path("administer/units/<uuid:unit>/cover/", unit_acts.cover, name="unit_cover"),
    path("administer/staff/", staff.people, name="people"),
    path("administer/staff/new/", staff_acts.add, name="person_add"),
    path("administer/staff/<uuid:staff>/", staff.person, name="person"),
    path("administer/staff/<uuid:staff>/change/", staff_acts.change, name="person_change"),
    path("administer/staff/<uuid:staff>/post/", staff_acts.post, name="person_post"),
    path("administer/staff/<uuid:staff>/end/", staff_acts.end, name="person_end"),
    path("administer/staff/<uuid:staff>/sign-in/", staff_acts.may_sign_in, name="person_sign_in"),
    path("administer/staff/<uuid:staff>/password/", staff_acts.password, name="person_password"),
    path(
        "administer/staff/<uuid:staff>/second-step/",
        staff_acts.second_step,
        name="person_second_step",
    ),
    path("administer/staff/<uuid:staff>/sessions/", staff_acts.sessions, name="person_sessions"),
    path("administer/workdays/", workdays.year, name="workdays"),
    path("administer/workdays/set/", workdays.set_day, name="workday_set"),
    path("administer/workdays/import/", workdays.notice, name="workdays_import"),
    path("administer/workdays/remove/", workdays.remove, name="workdays_remove"),
    path("administer/rules/", rules.rules_page, name="rules"),
    path("administer/retention/", retention.retention_page, name="retention"),
    path("administer/templates/", templates.papers, name="templates"),
    path("administer/templates/<slug:code>/<slug:name>/", templates.paper, name="template"),
    path(
        "administer/templates/<slug:code>/<slug:name>/file/", templates.file, name="template_file"
    ),
    path(
        "administer/templates/<slug:code>/<slug:name>/preview/",
        templates.preview,
        name="template_preview",
    ),
    path(
        "administer/templates/<slug:code>/<slug:name>/remove/",
        templates.remove,
        name="template_remove",
    ),
]
