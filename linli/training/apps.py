from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "linli.training"
    label = "training"

    def ready(self) -> None:
        from linli.ledger.declaration import registry
        from linli.training.ledger import TRAINING

        registry.register(TRAINING)
