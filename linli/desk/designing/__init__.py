"""Pages on which a community designs its own ledgers 自建台账."""
