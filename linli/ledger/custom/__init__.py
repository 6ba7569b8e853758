"""Ledgers that a community designs for itself 自建台账: from a workbook or by hand, in versions.

workbook    an XLSForm workbook -> a draft of a definition, with the row of every problem
definition  a draft -> a checked definition (JSON), its expressions read
compiling   a definition -> a `declare.Ledger`, the same thing a built-in room declares
designs     who made, published and retired what: the acts, each chained
shelf       the published ones, as the registry and the table of roles see them
"""
