"""Addresses of the import pages."""

from __future__ import annotations

from django.urls import path

from linli.desk import importing

urlpatterns = [
    path("ledgers/<slug:code>/import/", importing.upload, name="import_upload"),
    path("things/<slug:code>/import/", importing.upload, name="import_upload_things"),
    path("imports/<uuid:run>/", importing.page, name="import_run"),
    path("imports/<uuid:run>/progress/", importing.progress, name="import_progress"),
    path("imports/<uuid:run>/result/", importing.result, name="import_result"),
    path("imports/<uuid:run>/go-on/", importing.go_on, name="import_go_on"),
    path("imports/<uuid:run>/undo/", importing.undo, name="import_undo"),
]
