"""What a scenario's processes can do, and the script that ``guest/workload.c`` reads.

A step is a table with ``do`` and that step's numbers: ``{do = "anon", mib = 200, mib_per_s = 8}``
becomes the line ``anon mib=200 mib_per_s=8``. Names carry their unit; what each does stands at the top
of ``guest/workload.c``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lab.errors import LabError

Value = int | float | str

_FILE = re.compile(r"[a-z][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The names a step must give and those it may."""

    needed: frozenset[str]
    allowed: frozenset[str]


def _form(needed: str, optional: str = "") -> Form:
    return Form(needed=frozenset(needed.split()), allowed=frozenset(f"{needed} {optional}".split()))


FORMS: Mapping[str, Form] = {
    "sleep": _form("seconds"),
    "anon": _form("mib", "mib_per_s random_pct huge locked"),
    "touch": _form("seconds", "mib mib_per_s random"),
    "free": _form("", "mib"),
    "burst": _form("mib count gap_s"),
    "jitter": _form("mib mib_per_s seconds seed"),
    "shm": _form("mib", "mib_per_s"),
    "read": _form("file mib", "mib_per_s seconds"),
    "mapped": _form("file mib", "seconds random text"),
    "write": _form("file mib", "mib_per_s seconds sync anew"),
    "run": _form("command"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a process does."""

    do: str
    values: tuple[tuple[str, Value], ...]

    def line(self) -> str:
        """The step as the guest reads it.

        >>> step_of({"do": "anon", "mib": 200, "mib_per_s": 8.5}, where="leaky").line()
        'anon mib=200 mib_per_s=8.5'
        """
        if self.do == "run":
            return f"run {self.values[0][1]}"
        return " ".join([self.do, *(f"{name}={value}" for name, value in self.values)])

    def file_mib(self) -> tuple[str, float] | None:
        """The file that the step reads and how much of it has to be there."""
        values = dict(self.values)
        if self.do not in {"read", "mapped"}:
            return None
        return str(values["file"]), float(values["mib"])


def step_of(table: Mapping[str, object], *, where: str) -> Step:
    """A step from its table; ``LabError`` names the place and what is wrong."""
    do = table.get("do")
    if not isinstance(do, str) or do not in FORMS:
        raise LabError(f"{where}: do = {do!r} is none of {', '.join(FORMS)}")
    form, given = FORMS[do], set(table) - {"do"}
    if missing := form.needed - given:
        raise LabError(f"{where}: {do} needs {', '.join(sorted(missing))}")
    if unknown := given - form.allowed:
        raise LabError(f"{where}: {do} does not know {', '.join(sorted(unknown))}")
    values = tuple(
        (name, _value(name, value, where=f"{where}: {do}"))
        for name, value in table.items()
        if name != "do"
    )
    return Step(do=do, values=values)


def _value(name: str, value: object, *, where: str) -> Value:
    if name == "file":
        if not isinstance(value, str) or not _FILE.fullmatch(value):
            raise LabError(f"{where}: file = {value!r} is no plain name")
        return value
    if name == "command":
        if not isinstance(value, str) or "\n" in value or not value:
            raise LabError(f"{where}: command must be one line")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise LabError(f"{where}: {name} = {value!r} is no number from 0")
    return value
