"""The look of Linli: base templates, components, style sheets and small scripts (floor 6).

Officers' pages (`linli.desk`) and residents' pages (`linli.publicsite`) stand on it. It knows no
ledger and no model; it imports only `linli.ground`. How to use it: README.md beside this file.
"""
