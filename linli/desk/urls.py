"""Addresses of the officers' pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from linli.desk import (
    acting,
    audit,
    browsing,
    bulk,
    detail,
    drafting,
    finding,
    holding,
    home,
    recording,
    revealing,
    saved_views,
    suggesting,
    surveys,
)

NAMESPACE = "desk"

pages = [
    path("", home.home, name="home"),
    path("desk/", home.home, name="desk"),
    path("desk/whereabouts/", home.whereabouts, name="whereabouts"),
    path("ledgers/", browsing.ledgers, name="ledgers"),
    path("ledgers/<slug:code>/", browsing.ledger, name="ledger"),
    path("ledgers/<slug:code>/new/", recording.new, name="new"),
    path("ledgers/<slug:code>/views/", saved_views.save, name="view_save"),
    path("ledgers/<slug:code>/views/<uuid:view>/", saved_views.change, name="view_change"),
    path("ledgers/<slug:code>/similar/", recording.similar, name="similar"),
    path("entries/<uuid:entry>/", detail.entry, name="entry"),
    path("entries/<uuid:entry>/saved/", recording.saved, name="saved"),
    path("entries/<uuid:entry>/receipt/", recording.receipt, name="receipt"),
    path("entries/<uuid:entry>/receipt/slip/", recording.receipt_slip, name="receipt_slip"),
    path("entries/<uuid:entry>/do/<slug:action>/", acting.do, name="do"),
    path("entries/<uuid:entry>/hold/", holding.hold, name="hold"),
    path("entries/<uuid:entry>/release/", holding.release, name="hold_release"),
    path("entries/<uuid:entry>/reveal/", revealing.reveal, name="reveal"),
    path("bulk/", bulk.several, name="bulk"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("find/", finding.find, name="find"),
    path("find/person/", revealing.look_up, name="look_up"),
    path("drafts/<uuid:draft>/", drafting.go_on, name="draft"),
    path("drafts/<uuid:draft>/drop/", drafting.drop, name="draft_drop"),
    path("drafts/save/<slug:code>/<slug:action>/", drafting.save, name="draft_save"),
    path("suggest/category/<slug:code>/", suggesting.category, name="suggest_category"),
    path("suggest/place/", suggesting.place, name="suggest_place"),
    path("audit/", audit.audit, name="audit"),
    path("audit/reads/<uuid:read>/", audit.read, name="audit_read"),
    path("audit/steps/<uuid:step>/", audit.step, name="audit_step"),
]

urlpatterns = [
    path("", include((pages, NAMESPACE))),
    *(
        path("", include(name))
        for name in (
            "linli.desk.import_urls",
            "linli.desk.export_urls",
            "linli.desk.file_urls",
            "linli.desk.print_urls",
            "linli.desk.worklog_urls",
            "linli.desk.patrol_urls",
            "linli.desk.thing_urls",
            "linli.desk.administer_urls",
            "linli.desk.design_urls",
        )
        if find_spec(name)
    ),
]
