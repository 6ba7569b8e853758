"""Units, staff and postings: who belongs where (floor 2)."""
