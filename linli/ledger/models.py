"""The tables of the engine, gathered for Django: each stands in the folder that keeps it."""

from linli.ledger.custom.models import LedgerDesign
from linli.ledger.entries.models import (
    CountDelta,
    DailyCount,
    Draft,
    Entry,
    EntryLink,
    EntryPerson,
    ErasedEntry,
    Receipt,
    Sealed,
    SearchText,
    SentOnce,
    WordsField,
)
from linli.ledger.entries.things import EntryThing
from linli.ledger.exchange.runs.models import ColumnMemory, ImportRun, ValueMemory
from linli.ledger.exports.models import ExportRun
from linli.ledger.files.models import Attachment
from linli.ledger.printing.models import Book, WordTemplate
from linli.ledger.reading.saved.models import FirstView, SavedView
from linli.ledger.retention.models import Hold, RetentionRun

__all__ = [
    "Attachment",
    "Book",
    "ColumnMemory",
    "CountDelta",
    "DailyCount",
    "Draft",
    "Entry",
    "EntryLink",
    "EntryPerson",
    "EntryThing",
    "ErasedEntry",
    "ExportRun",
    "FirstView",
    "Hold",
    "ImportRun",
    "LedgerDesign",
    "Receipt",
    "RetentionRun",
    "SavedView",
    "Sealed",
    "SearchText",
    "SentOnce",
    "ValueMemory",
    "WordTemplate",
    "WordsField",
]
