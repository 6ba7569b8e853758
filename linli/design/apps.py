"""The Django app that brings the templates, static files and template tags."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignConfig(AppConfig):
    """Templates, static files and template tags; no models."""

    name = "linli.design"
    label = "design"
    verbose_name = _("Look and components")
