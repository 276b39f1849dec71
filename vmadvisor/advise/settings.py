r"""``/etc/vmadvisor.toml``: what the admin asks for, as facts for the rules.

    [targets]
    full_stall_s_per_h = 1.0

    [critical]
    services = ["billing.service", "myapp"]   # units, and names as the kernel keeps them
    defaults = true                           # beside the built-in list

    [history]
    keep_days = 30                            # as --keep 30d

    [[ignore]]
    rule = "VMA-SWAP-001"
    reason = "no swap on these hosts, by policy"
    date = 2026-11-27
    until = 2027-03-31                        # optional
    scope = "/batch.slice"                    # optional

A key that is not known is an error with its line: a misspelt one would be an ignored wish.

    >>> [type(fact).__name__ for fact in parse('[targets]\nfull_stall_s_per_h = 2\n', ())]
    ['Targets']
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NoReturn

from vmadvisor.advise.critical import named
from vmadvisor.advise.ignored import IgnoredRule, IgnoredRules
from vmadvisor.advise.kept_history import KeptHistory
from vmadvisor.advise.targets import Targets
from vmadvisor.advise.toml_place import Path, line_of
from vmadvisor.errors import SettingsError

STALL_MAX_S_PER_H = 3600.0
KEEP_MAX_DAYS = 3650
"""Ten years: a longer one is a slip of the pen."""

_DAY_S = 86_400.0

_SYNTAX = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TABLES = {
    "targets": ("full_stall_s_per_h",),
    "critical": ("services", "defaults"),
    "history": ("keep_days",),
    "ignore": ("rule", "reason", "date", "until", "scope"),
}


def parse(text: str, rule_ids: Collection[str]) -> tuple[object, ...]:
    """The facts that the text gives; ``SettingsError`` names the line of what is wrong.

    ``rule_ids`` are those that can be ignored.
    """
    return _Reader(text, rule_ids).facts()


class _Reader:
    def __init__(self, text: str, rule_ids: Collection[str]) -> None:
        self._text = text
        self._rule_ids = rule_ids

    def facts(self) -> tuple[object, ...]:
        document = self._document()
        self._only(document, _TABLES, ())
        found: list[object] = []
        if "targets" in document:
            found.append(self._targets(self._table(document["targets"], ("targets",))))
        if "critical" in document:
            table = self._table(document["critical"], ("critical",))
            services = self._texts(table.get("services", []), ("critical", "services"))
            with_defaults = table.get("defaults", True)
            if not isinstance(with_defaults, bool):
                self._fail("true or false is expected", ("critical", "defaults"))
            found.append(named(services, with_defaults=with_defaults))
        if "history" in document:
            found += self._history(self._table(document["history"], ("history",)))
        if "ignore" in document:
            found.append(IgnoredRules(rules=self._ignored(document["ignore"])))
        return tuple(found)

    def _document(self) -> dict[str, object]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            place = _SYNTAX.fullmatch(str(error))
            if place is not None:
                raise SettingsError(place[1], line_number=int(place[2])) from None
            raise SettingsError(str(error), line_number=self._text.count("\n") + 1) from None
        except RecursionError:
            raise SettingsError("it is nested too deeply", line_number=1) from None

    def _fail(self, message: str, path: Path) -> NoReturn:
        name = ".".join(str(part) for part in path if not isinstance(part, int))
        raise SettingsError(f"{name}: {message}", line_number=line_of(self._text, path))

    def _only(self, table: Mapping[str, object], known: Iterable[str], path: Path) -> None:
        for key in table:
            if key not in known:
                self._fail(f"no such key; there are {', '.join(known)}", (*path, key))

    def _table(self, value: object, path: Path) -> Mapping[str, object]:
        if not isinstance(value, dict):
            self._fail("a table is expected", path)
        self._only(value, _TABLES[str(path[0])], path)
        return value

    def _targets(self, table: Mapping[str, object]) -> Targets:
        value = table.get("full_stall_s_per_h", Targets().full_stall_s_per_h)
        path = ("targets", "full_stall_s_per_h")
        return Targets(full_stall_s_per_h=self._above_zero(value, STALL_MAX_S_PER_H, "s", path))

    def _history(self, table: Mapping[str, object]) -> Iterator[KeptHistory]:
        if "keep_days" in table:
            path = ("history", "keep_days")
            days = self._above_zero(table["keep_days"], KEEP_MAX_DAYS, "days", path)
            yield KeptHistory(keep_s=days * _DAY_S)

    def _above_zero(self, value: object, most: float, unit: str, path: Path) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail("a number is expected", path)
        if not 0 < value <= most:  # NaN too
            self._fail(f"more than 0 and at most {most:.0f} {unit} is expected", path)
        return float(value)

    def _texts(self, value: object, path: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._fail("a list of names is expected", path)
        for index, one in enumerate(value):
            if not isinstance(one, str) or not one.strip():
                self._fail("a name is expected", (*path, index))
        return tuple(value)

    def _ignored(self, value: object) -> tuple[IgnoredRule, ...]:
        if not isinstance(value, list):
            self._fail("write [[ignore]], once for each rule", ("ignore",))
        return tuple(self._ignore(one, ("ignore", index)) for index, one in enumerate(value))

    def _ignore(self, value: object, path: Path) -> IgnoredRule:
        table = self._table(value, path)
        rule_id = self._text_of(table, "rule", path)
        if rule_id not in self._rule_ids:
            self._fail("no such rule; see vmadvisor rules", (*path, "rule"))
        return IgnoredRule(
            rule_id=rule_id,
            reason=self._text_of(table, "reason", path),
            date=self._date(table, "date", path),
            until=self._date(table, "until", path) if "until" in table else None,
            scope=self._text_of(table, "scope", path) if "scope" in table else None,
        )

    def _text_of(self, table: Mapping[str, object], key: str, path: Path) -> str:
        value = table.get(key)
        if value is None:
            self._fail(f"{key} is missing", path)
        if not isinstance(value, str) or not value.strip():
            self._fail("a text is expected", (*path, key))
        return value

    def _date(self, table: Mapping[str, object], key: str, path: Path) -> str:
        """A TOML date, or the same as a text."""
        value = table.get(key)
        if value is None:
            self._fail(f"{key} is missing", path)
        day = str(value)
        if isinstance(value, str | int | float | list | dict) and not isinstance(value, str):
            day = ""
        if not _DATE.fullmatch(day):
            self._fail("a day is expected, as 2026-11-27", (*path, key))
        return day
