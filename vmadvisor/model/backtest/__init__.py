"""How good forecasts were: what came after each instant, and scores beside those of simple rules. Pure.

A recording is walked as if live; ``Course`` keeps its counters and tells afterwards what came,
``metrics`` and ``timing`` score any forecasts of those outcomes, ``evaluation`` does so for all events.
"""
