"""Tests of linli.design."""
