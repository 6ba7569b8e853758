"""Addresses of files; they name no person and no matter."""

from django.urls import include, path

from linli.desk import attaching

pages = [
    path("files/", attaching.upload, name="upload"),
    path("files/<uuid:file>/", attaching.page, name="page"),
    path("files/<uuid:file>/content/", attaching.content, name="content"),
    path("files/<uuid:file>/thumbnail/", attaching.thumbnail, name="thumbnail"),
]

urlpatterns = [path("", include((pages, "files")))]
