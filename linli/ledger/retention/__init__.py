"""No endless memory (K6): when an entry's time is over, how it is erased, and how that is proved.

`expiry` says when (pure), `due` finds what is due, `erasing` erases a slice with its chained step,
`leftovers` its files and `reads` the log of looks; `keys` destroys keys that nothing hangs on any more;
`nightly` does all of it and notes that it was done. `holding` stops the clock of an entry, `single`
erases one on request, `replaying` erases again what an old copy of the database brought back. `proving`
is what verification asks, `gaps` says why serials are missing, `wiping` clears SQLite's own files.
"""
