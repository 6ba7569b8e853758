"""Addresses of what is printed."""

from __future__ import annotations

from django.urls import path

from linli.desk import books, documents, printing

app_name = "print"

urlpatterns = [
    path("entries/<uuid:entry>/print/", printing.entry, name="entry"),
    path("entries/<uuid:entry>/documents/<slug:document>/", documents.document, name="document"),
    path("entries/<uuid:entry>/word/", documents.word, name="word"),
    path(
        "entries/<uuid:entry>/word/<slug:document>/", documents.word_document, name="word_document"
    ),
    path("ledgers/<slug:code>/print/", printing.book, name="book"),
    path("books/<uuid:run>/", books.page, name="book_run"),
    path("books/<uuid:run>/progress/", books.progress, name="book_progress"),
    path("books/<uuid:run>/file/", books.file, name="book_file"),
    path("books/<uuid:run>/again/", books.again, name="book_again"),
    path("worklog/print/", printing.own_log, name="own_log"),
    path("worklog/<uuid:entry>/print/", printing.log, name="log"),
]
