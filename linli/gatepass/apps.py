from django.apps import AppConfig


class GatepassConfig(AppConfig):
    name = "linli.gatepass"
    label = "gatepass"

    def ready(self) -> None:
        from linli.gatepass.ledger import GATE_PASSES
        from linli.ledger.declaration import registry

        registry.register(GATE_PASSES)
