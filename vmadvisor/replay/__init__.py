"""Recordings driven through the model as if live: walked tick by tick, several at once."""
