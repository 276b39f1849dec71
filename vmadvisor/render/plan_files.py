"""Recommendations as files to look through: settings, drop-ins, an undo script, the plan itself.

Names are anyone's: file names are made of what systemd escapes a unit's name to, and every shell word was quoted
when the recommendation was made; what a comment says of one is escaped, so that no line ends early.
"""

import re

from vmadvisor.advise.recommendation import SYSCTL, SYSFS, UNIT, Recommendation
from vmadvisor.advise.report import Report
from vmadvisor.records import dataclass
from vmadvisor.render.escape import terminal
from vmadvisor.render.json_text import dumps

MARK = "# Written by vmadvisor advise"
CONF, UNDO, PLAN, TMPFILES = "99-vmadvisor.conf", "undo.sh", "plan.json", "vmadvisor-tmpfiles.conf"
PLAN_SCHEMA = "vmadvisor-plan"
DROP_IN = "50-vmadvisor.conf"

_UNIT_NAME = re.compile(r"[A-Za-z0-9:_.\\@-]{1,255}")
_DROP_IN_LINE = re.compile(r"/etc/systemd/system/([^/]+)\.d/[^/:]+: (\w+=.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where on the host a recommendation lasts (``file``), and under which ``name`` it is in the plan."""

    file: str
    name: str
    text: str


def kept_in(advice: Recommendation) -> Kept | None:
    """The file of one recommendation; ``None`` where no file of ours can make it last."""
    if advice.key.startswith(SYSCTL):
        line = f"{advice.key.removeprefix(SYSCTL)} = {advice.recommended}"
        return Kept(file=f"/etc/sysctl.d/{CONF}", name=CONF, text=f"{line}\n")
    if advice.key.startswith(SYSFS):
        line = f"w {advice.key.removeprefix(SYSFS)} - - - - {advice.recommended}"
        return Kept(file="/etc/tmpfiles.d/vmadvisor.conf", name=TMPFILES, text=f"{line}\n")
    found = _DROP_IN_LINE.fullmatch(advice.persist)
    if found is None or not _UNIT_NAME.fullmatch(found[1]) or "\n" in found[2]:
        return None
    section = _section(found[1])
    return Kept(
        file=f"/etc/systemd/system/{found[1]}.d/{DROP_IN}",
        name=f"{found[1]}.d/{DROP_IN}",
        text=f"[{section}]\n{found[2]}\n",
    )


def _section(unit: str) -> str:
    """Service, Slice or Scope."""
    return unit.rpartition(".")[2].capitalize()


def plan_files(report: Report) -> dict[str, str]:
    """Texts by name within the directory; a file without lines is not there."""
    found: dict[str, list[str]] = {}
    for advice in report.recommendations:
        kept = kept_in(advice)
        if kept is not None:
            said = [f"# {line}" for line in _about(advice)]
            found.setdefault(kept.name, []).append("\n".join([*said, kept.text]))
    files = {name: f"{MARK}\n{''.join(parts)}" for name, parts in found.items()}
    files[UNDO] = _undo(report)
    files[PLAN] = dumps(
        {
            "schema": PLAN_SCHEMA,
            "time_utc": report.time_utc,
            "tool_version": report.tool_version,
            "host": report.host,
            "relief": report.relief,
            "recommendations": report.recommendations,
            "files": {name: _place(report, name) for name in found},
        }
    )
    return files


def _place(report: Report, name: str) -> str:
    kept = (kept_in(advice) for advice in report.recommendations)
    return next(one.file for one in kept if one is not None and one.name == name)


def _about(advice: Recommendation) -> list[str]:
    return [
        terminal(f"{advice.id}: {advice.claim}"),
        terminal(f"now {advice.current}; risk: {advice.risk}"),
    ]


def _undo(report: Report) -> str:
    """The way back, last change first; files first removed from where they would have been installed."""
    lines = ["#!/bin/sh", MARK, "# Takes back what was done by hand or installed from here.", ""]
    for advice in reversed(report.recommendations):
        kept = kept_in(advice)
        if kept is not None:
            lines.append(f"rm -f -- {_quoted(kept.file)}")
        lines.append(f"# {terminal(advice.key)} back to {terminal(str(advice.current))}")
        lines.append(advice.undo if _is_command(advice.undo) else f"# {terminal(advice.undo)}")
    if any(advice.key.startswith(UNIT) for advice in report.recommendations):
        lines.append("systemctl daemon-reload")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


def _is_command(text: str) -> bool:
    """Undo that is a command, on one line, and not words about there being none."""
    return "\n" not in text and text.split(" ", 1)[0] in {
        "sysctl", "systemctl", "echo", "swapoff", "d=$(cat", "for", "choom",
    }  # fmt: skip
