"""Residents' pages (G1, G4): a room in the open, a report with a receipt code, the way back to it."""
