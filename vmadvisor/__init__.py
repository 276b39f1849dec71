"""Tells whether a Linux host is about to stall in direct reclaim or meet the OOM killer, and why."""

__version__ = "0.1.0"
