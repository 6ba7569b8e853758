"""What leaves Linli: a list as a table, and everything of a room as one archive.

reading     entries as bare rows, in the order of a book, whatever their number
tables      rows as CSV, a workbook or JSON Lines, in the form of linli/ledger/exchange/words/sheet_columns.py
quick       the same cells of CSV, several times as fast
asking      an export is asked for, approved by another, thrown away
running     one export from start to end, and its download
sealed_files  its file: sealed, with a random name, for a few days
archive     all data of a room as open files; `checking` verifies one
"""
