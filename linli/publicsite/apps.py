"""The Django app of the residents' pages; no models: nothing of its own is stored."""

from django.apps import AppConfig


class PublicSiteConfig(AppConfig):
    name = "linli.publicsite"
    label = "publicsite"
