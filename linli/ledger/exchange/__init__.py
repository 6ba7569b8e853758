"""Old spreadsheets come in, row by row, by the same acts as everything else.

opening     is the file what it says, is it small enough, can it be trusted to be unpacked
reading     sheets, rows and cells of xlsx, xls, ods, csv
headings    which column is which field (headings.toml of each ledger, and what a room taught)
interpreting  one row of cells -> one act, with everything that had to be interpreted
planning    what would happen: columns, values nobody knows yet, verdicts of a dry run
running     one import from start to end: stopped, gone on with, undone as one act
results     the workbook that says of every row what became of it
"""
