from django.apps import AppConfig


class CommitteeConfig(AppConfig):
    name = "linli.committee"
    label = "committee"

    def ready(self) -> None:
        from linli.committee.ledger import COMMITTEE
        from linli.ledger.declaration import registry

        registry.register(COMMITTEE)
