"""Keeping Linli running: serve, worker, backup, restore, check. Top floor: sees everything below."""
