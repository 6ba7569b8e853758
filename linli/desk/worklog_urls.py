"""Addresses of the work logs."""

from __future__ import annotations

from django.urls import path

from linli.desk import worklog

app_name = "worklog"

urlpatterns = [
    path("worklog/", worklog.day, name="day"),
    path("worklog/draft/", worklog.draft, name="draft"),
    path("worklog/draft/<uuid:draft>/", worklog.go_on, name="go_on"),
    path("worklog/rooms/", worklog.rooms, name="rooms"),
    path("worklog/<uuid:entry>/", worklog.one, name="one"),
]
