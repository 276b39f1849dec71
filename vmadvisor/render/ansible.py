r"""Recommendations as an Ansible play: settings by ``ansible.posix.sysctl``, drop-ins by ``copy``.

JSON is YAML: the play is written as JSON, so that no name needs YAML's quoting. Only characters beyond the
first plane differ: JSON has two ``\uXXXX`` for them, YAML one ``\UXXXXXXXX``. Nothing is in it that a file cannot
make last: relief is for now, by hand.
"""

import json
import re

from vmadvisor.advise.recommendation import SYSCTL, Recommendation
from vmadvisor.advise.report import Report
from vmadvisor.render.escape import decoded
from vmadvisor.render.plan_files import Kept, kept_in
from vmadvisor.render.style import Style

_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")


def _wide(match: re.Match[str]) -> str:
    high, low = int(match[1], 16), int(match[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _safe(text: str) -> str:
    """A name within a template language: nobody's name is evaluated."""
    return decoded(text).replace("{{", "{ {").replace("{%", "{ %")


def _task(advice: Recommendation, kept: Kept) -> dict[str, object]:
    name = _safe(f"{advice.id}: {advice.key} {advice.current} -> {advice.recommended}")
    if advice.key.startswith(SYSCTL):
        return {
            "name": name,
            "ansible.posix.sysctl": {
                "name": _safe(advice.key.removeprefix(SYSCTL)),
                "value": str(advice.recommended),
                "sysctl_file": kept.file,
                "state": "present",
            },
        }
    return {
        "name": name,
        "ansible.builtin.copy": {
            "dest": _safe(kept.file),
            "content": _safe(kept.text),
            "mode": "0644",
        },
    }


def render(report: Report, style: Style) -> str:
    """One play for all hosts; ``style`` does not change it."""
    del style
    tasks = [
        _task(advice, kept)
        for advice in report.recommendations
        if (kept := kept_in(advice)) is not None
    ]
    play = [{"name": "vmadvisor", "hosts": "all", "become": True, "tasks": tasks}]
    return _PAIR.sub(_wide, json.dumps(play, indent=1)) + "\n"
