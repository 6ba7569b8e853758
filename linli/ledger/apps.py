from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"

    def ready(self) -> None:
        from linli.access import scopes
        from linli.ledger.custom import published_designs
        from linli.ledger.declaration import registry

        # The kinds of long work make themselves known.
        from linli.ledger.exchange.runs import undoing  # noqa: F401
        from linli.ledger.exports import running  # noqa: F401
        from linli.ledger.printing import ordered_books  # noqa: F401

        registry.design(published_designs.Shelf())
        scopes.ask(published_designs.scope_of, published_designs.scopes)
