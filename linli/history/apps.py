from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "linli.history"
    label = "history"
