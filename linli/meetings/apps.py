from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "linli.meetings"
    label = "meetings"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.meetings.ledger import MEETINGS

        registry.register(MEETINGS)
