"""Addresses of the residents' pages. A receipt code never stands in one."""

from django.urls import path

from linli.publicsite import receipt_views, report_views, room_views

urlpatterns = [
    path("r/<str:code>/", room_views.room, name="public_room"),
    path("r/<str:code>/qr.svg", room_views.qr, name="public_room_qr"),
    path("r/<str:code>/report/", report_views.report, name="public_report"),
    path("report/", report_views.choose_room, name="public_choose_room"),
    path("receipt/", receipt_views.receipt, name="public_receipt"),
    path("receipt/slip/", receipt_views.slip, name="public_receipt_slip"),
    # Somebody puts the code into the address after all: it goes no further, not even into a log.
    path("receipt/<path:typed>", receipt_views.not_in_the_address, name="public_receipt_typed"),
]
