"""Imported by the server that the processes of the pool are forks of (working.processes), and by
nobody else: what they need is loaded once, before there is a connection to any database.
"""

import gc

from linli.ledger.exchange.runs import pool_start

pool_start.start()
gc.collect()
gc.freeze()
