"""Long work in the background, one way for all: a kind of it is one declaration (long_work.py).

run         what the row of every run has, and the states it goes through
lease       the right of one process to a run: renewed by the work itself, ended, stopped
long_work   the declaration, and the list of all kinds
claiming    claimed, fallen silent, taken over
doing       a run carried out by this process, its failures in words
tasks       the one task of the queue
kept_files  files: whole or not at all, gone from the row and from the disk
forgetting  what is past its days goes, and what a crash left lying
"""
