"""Times as logs write them, as UTC text: ``2024-03-13T11:16:48,123456+01:00`` -> ``...T10:16:48.123456Z``.

Only a time that says how far it is from UTC can be told; ``May  1 11:11:51`` and ``dmesg -T`` cannot.
"""

import re

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)",
    re.ASCII,
)
_DAY_S = 86_400
_HOUR_S = 3_600
_MINUTE_S = 60
_MINUTES = 60
_LEAP_SECOND = 60
_MICRO = 1_000_000
_YEAR_MAX = 9999
_MONTHS = 12
_DAYS_MAX = 31

# Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last.
_ERA_YEARS = 400
_ERA_DAYS = 146_097
_EPOCH_DAYS = 719_468
_YEAR_DAYS = 365


def utc_of_iso(text: str) -> str | None:
    """ISO 8601 with an offset as UTC; ``None`` without one, or where it is no date.

    >>> utc_of_iso("2024-03-01T00:16:48,5+01:00"), utc_of_iso("2024-03-01 00:16:48")
    ('2024-02-29T23:16:48.500000Z', None)
    """
    us = us_of_iso(text)
    return None if us is None else utc_of_us(us)


def us_of_iso(text: str) -> int | None:
    """ISO 8601 with an offset as microseconds since 1970; ``None`` without one, or where it is no date.

    >>> us_of_iso("1970-01-02T01:00:00.5+01:00"), us_of_iso("1970-13-02T01:00:00Z")
    (86400500000, None)
    """
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[n]) for n in range(1, 7))
    if not (1 <= month <= _MONTHS and 1 <= day <= _DAYS_MAX):
        return None
    days = _days(year, month, day)
    time_s = hour * _HOUR_S + minute * _MINUTE_S + second
    is_time = time_s <= _DAY_S and minute < _MINUTES and second <= _LEAP_SECOND
    if not is_time or _civil(days) != (year, month, day):
        return None
    seconds_s = days * _DAY_S + time_s
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    return (seconds_s - _offset_s(match[8])) * _MICRO + micro


def utc_of_us(us: int) -> str | None:
    """Microseconds since 1970 as UTC; ``None`` outside the years that four digits can tell.

    >>> utc_of_us(1_709_248_608_000_000), utc_of_us(10**30)
    ('2024-02-29T23:16:48Z', None)
    """
    seconds_s, micro = divmod(us, _MICRO)
    days, rest_s = divmod(seconds_s, _DAY_S)
    year, month, day = _civil(days)
    if not 0 <= year <= _YEAR_MAX:
        return None
    hour, rest_s = divmod(rest_s, _HOUR_S)
    minute, second = divmod(rest_s, _MINUTE_S)
    fraction = f".{micro:06d}" if micro else ""
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{fraction}Z"


def _offset_s(text: str) -> int:
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    seconds_s = int(digits[:2]) * _HOUR_S + int(digits[2:]) * _MINUTE_S
    return -seconds_s if text[0] == "-" else seconds_s


def _days(year: int, month: int, day: int) -> int:
    year -= month <= 2  # noqa: PLR2004 - January and February belong to the year before
    era, of_era = divmod(year, _ERA_YEARS)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (
        era * _ERA_DAYS + of_era * _YEAR_DAYS + of_era // 4 - of_era // 100 + of_year - _EPOCH_DAYS
    )


def _civil(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days + _EPOCH_DAYS, _ERA_DAYS)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // _YEAR_DAYS
    of_year = of_era - (_YEAR_DAYS * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9  # noqa: PLR2004 - March is 0
    day = of_year - (153 * shifted + 2) // 5 + 1
    return year + era * _ERA_YEARS + (month <= 2), month, day  # noqa: PLR2004 - see _days()
