"""Old spreadsheets come in, row by row, by the same acts as everything else.

sheets   is the file what it says, can it be trusted to be unpacked; sheets, rows and cells of xlsx, xls, ods, csv
words    which column is which field, and what its words mean (headings.toml of each ledger, and what a room taught)
rows     one row of cells -> one act, with everything that had to be interpreted
runs     what would happen (columns, values nobody knows yet, verdicts of a dry run); one import from
         start to end: stopped, gone on with, undone as one act; the workbook that says what became of each row
"""
