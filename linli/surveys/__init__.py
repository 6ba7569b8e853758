"""Surveys 满意度调查 (G5): who came with a matter says behind their receipt how it went."""
