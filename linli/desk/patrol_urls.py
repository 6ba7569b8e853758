"""Addresses of check points, of their signs, and of the boards of what is going on now."""

from __future__ import annotations

from django.urls import path

from linli.desk import checkpoints, scanning, under_way

app_name = "patrol"

urlpatterns = [
    path("patrol/points/", checkpoints.points, name="points"),
    path("patrol/points/new/", checkpoints.add, name="point_add"),
    path("patrol/points/print/", checkpoints.signs, name="signs"),
    path("patrol/points/<uuid:point>/", checkpoints.change, name="point"),
    path("patrol/points/<uuid:point>/renew/", checkpoints.renew, name="point_renew"),
    path("patrol/<slug:sign>/", scanning.scan, name="scan"),
    path("entries/<uuid:entry>/walk/", under_way.walk, name="walk"),
    path("entries/<uuid:entry>/walk/set-out/", under_way.set_out, name="set_out"),
    path("entries/<uuid:entry>/plan/", under_way.plan, name="plan"),
]
