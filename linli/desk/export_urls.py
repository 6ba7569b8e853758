"""Addresses of the export pages."""

from __future__ import annotations

from django.urls import path

from linli.desk import exporting

urlpatterns = [
    path("ledgers/<slug:code>/export/", exporting.ask, name="export_ask"),
    path("exports/", exporting.mine, name="export_mine"),
    path("exports/room/", exporting.everything, name="export_room"),
    path("exports/<uuid:run>/", exporting.page, name="export_run"),
    path("exports/<uuid:run>/progress/", exporting.progress, name="export_progress"),
    path("exports/<uuid:run>/file/", exporting.file, name="export_file"),
    path("exports/<uuid:run>/again/", exporting.again, name="export_again"),
    path("exports/<uuid:run>/answer/", exporting.answer, name="export_answer"),
    path("exports/<uuid:run>/erase/", exporting.erase, name="export_erase"),
]
