"""Durations and sizes as people write them on a command line."""

import re

import click

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}

HORIZONS_MAX_COUNT = 20
"""Each costs a forecast of every event; nobody reads more."""

_SIZE = re.compile(r"([0-9]{1,15})(?:([KMGT])(?:iB?|B)?)?", re.IGNORECASE)
_BYTES = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def seconds_s(text: str) -> float:
    """Seconds, or a number with ms, s, m, h or d behind it; else a usage error.

    >>> seconds_s("10m"), seconds_s("0.2"), seconds_s("200ms")
    (600.0, 0.2, 0.2)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r}: expected seconds, or 200ms, 90s, 10m, 1h, 7d")
    return float(match[1]) * _SECONDS[match[2] or "s"]


def parse_horizons(text: str, option: str) -> tuple[float, ...]:
    """Durations above zero, each once, as given; else a usage error.

    >>> parse_horizons("10,1m,10", "--horizon")
    (10.0, 60.0)
    """
    try:
        horizons_s = tuple(dict.fromkeys(seconds_s(part.strip()) for part in text.split(",")))
    except click.BadParameter as error:
        raise click.BadParameter(error.message, param_hint=option) from None
    if 0 in horizons_s:
        raise click.BadParameter("a horizon is longer than 0 s", param_hint=option)
    if len(horizons_s) > HORIZONS_MAX_COUNT:
        raise click.BadParameter(f"at most {HORIZONS_MAX_COUNT} horizons", param_hint=option)
    return horizons_s


def size_bytes(text: str) -> int:
    """Bytes, or a number with K, M, G or T behind it (powers of 1024); else a usage error.

    >>> size_bytes("64M"), size_bytes("2GiB"), size_bytes("4096")
    (67108864, 2147483648, 4096)
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r}: expected bytes, or 64M, 2G")
    return int(match[1]) * (_BYTES[match[2].lower()] if match[2] else 1)
