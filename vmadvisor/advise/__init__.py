"""Judges facts: the vocabulary of findings, one file per rule, the report."""
