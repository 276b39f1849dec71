"""What ``check`` can be told, and its plain forms read without click, which costs as much as the check.

    check --format nagios --interval=0.5 -q

Anything else than such an option with a well-formed value is left to click: help, errors, archives.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.cli._remember import Seen

SECONDS_MAX = 3600
DAY_S = 86_400.0
_DAYS_MAX_DIGITS = 9
INTERVAL_S = 1.0
DEADLINE_S = 5.0
DEADLINE_MIN_S = 0.1
FORMATS = ("text", "json", "nagios")
LIVE = "/"

_FLAGS = {
    "--quiet": ("quiet", True),
    "-q": ("quiet", True),
    "--deep": ("deep", True),
    "--provenance": ("provenance", True),
    "--color": ("color", True),
    "--no-color": ("color", False),
    "--no-history": ("no_history", True),
}
_VALUES = {
    "--format": "format_",
    "--interval": "interval_s",
    "--deadline": "deadline_s",
    "--config": "config",
    "--calibration": "calibration",
    "--history": "history",
    "--keep": "keep_s",
}
_LEAST_S = {"interval_s": 0.0, "deadline_s": DEADLINE_MIN_S}


class CheckOptions:
    """Options with their defaults; ``color`` is ``None`` where the terminal decides.

    No ``horizons_s`` stands for the forecast's own, no ``calibration`` and no ``history`` for the file at its
    place, no ``keep_s`` for as long as the history was told before. ``seen`` is left by the verdict: what it
    rests on.
    """

    __slots__ = (
        "at_s", "calibration", "color", "config", "deadline_s", "deep", "format_", "history",
        "horizons_s", "interval_s", "keep_s", "no_history", "provenance", "quiet", "root", "seen",
    )  # fmt: skip

    def __init__(
        self,
        *,
        root: str = LIVE,
        at_s: float | None = None,
        interval_s: float = INTERVAL_S,
        deadline_s: float = DEADLINE_S,
        deep: bool = False,
        format_: str = "text",
        color: bool | None = None,
        quiet: bool = False,
        horizons_s: tuple[float, ...] = (),
        config: str | None = None,
        provenance: bool = False,
        calibration: str | None = None,
        history: str | None = None,
        no_history: bool = False,
        keep_s: float | None = None,
    ) -> None:
        self.root = root
        self.at_s = at_s
        self.interval_s = interval_s
        self.deadline_s = deadline_s
        self.deep = deep
        self.format_ = format_
        self.color = color
        self.quiet = quiet
        self.horizons_s = horizons_s
        self.config = config
        self.provenance = provenance
        self.calibration = calibration
        self.history = history
        self.no_history = no_history
        self.keep_s = keep_s
        self.seen: Seen | None = None


def plain_options(arguments: list[str]) -> CheckOptions | None:
    """The options; ``None`` where click is to read them.

    >>> plain_options(["--interval", "0.5", "-q"]).interval_s
    0.5
    >>> plain_options(["--interval", "-1"]) is plain_options(["--help"]) is None
    True
    """
    options = CheckOptions()
    left = list(arguments)
    while left:
        name, equals, value = left.pop(0).partition("=")
        if name in _FLAGS and not equals:
            field, flag = _FLAGS[name]
            setattr(options, field, flag)
        elif name in _VALUES and (equals or left):
            field = _VALUES[name]
            found = _value(field, value if equals else left.pop(0))
            if found is None:
                return None
            setattr(options, field, found)
        else:
            return None
    return options


def _value(field: str, text: str) -> float | str | None:
    if field == "format_":
        return text if text in FORMATS else None
    if field == "config":
        return text or None
    if field == "keep_s":
        return _days_s(text)
    if field in {"calibration", "history"}:
        return text if text and not text.startswith("-") else None
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        return None
    seconds = float(text)
    return seconds if _LEAST_S[field] <= seconds <= SECONDS_MAX else None


def _days_s(text: str) -> float | None:
    """Whole days above zero; hours and the like are left to click.

    >>> _days_s("30d"), _days_s("30")
    (2592000.0, None)
    """
    days = text[:-1]
    is_days = text.endswith("d") and days.isascii() and days.isdigit()
    if not is_days or len(days) > _DAYS_MAX_DIGITS or not int(days):
        return None
    return float(days) * DAY_S
