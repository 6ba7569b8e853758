"""Paper: registers bound as books, single entries, documents that a matter gives, receipt slips.
People on paper are masked, but in documents that name them for a purpose.

Callers log the print in the transaction that fetches the entries (`linli.history.reads`).
"""
