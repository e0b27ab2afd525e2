"""Outcomes -> one output format a file."""
