"""Paper: registers bound as books, single entries, documents that a matter gives, receipt slips.
People on paper are masked, but in documents that name them for a purpose.

Callers log the print in the transaction that fetches the entries (`linli.history.reads`).
"""

from linli.ledger.printing.book import AT_ONCE, MOST_ROWS, book_pdf
from linli.ledger.printing.document import document_pdf, documents_of
from linli.ledger.printing.form import entry_pdf
from linli.ledger.printing.slip import receipt_slip_pdf, slip_of

__all__ = [
    "AT_ONCE", "MOST_ROWS", "book_pdf", "document_pdf", "documents_of", "entry_pdf", "receipt_slip_pdf", "slip_of",
]  # fmt: skip
