"""Derives facts from two snapshots: rates, headroom, who holds the memory. Statistics, pure."""
