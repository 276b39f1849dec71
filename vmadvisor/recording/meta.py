"""``meta.json``, the first member of a recording, says who, when, by which clock, how; ``end.json`` ends it.

``{"format": 1, "host": "db1", "kernel": "6.12.94", "clock": "CLOCK_MONOTONIC", ...}``
"""

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from vmadvisor import __version__
from vmadvisor.collect.live import hidden_processes, own_pid_id
from vmadvisor.collect.tree import Tree, text_of
from vmadvisor.recording.cost import Cost
from vmadvisor.recording.sampler import Plan

FORMAT_VERSION = 1
META_NAME = "meta.json"
END_NAME = "end.json"
BOOT_ID_PATH = "proc/sys/kernel/random/boot_id"


def describe(tree: Tree, plan: Plan, **more: object) -> bytes:
    """The text of ``meta.json`` for a recording that begins now."""
    uname = os.uname()
    scan = "all" if plan.top_count is None else "shortlist"
    return _json({
        "format": FORMAT_VERSION,
        "tool": "vmadvisor",
        "tool_version": __version__,
        "host": uname.nodename,
        "kernel": uname.release,
        "arch": uname.machine,
        "boot_id": _boot_id(tree),
        "page_size_bytes": os.sysconf("SC_PAGE_SIZE"),
        "clock_hz": os.sysconf("SC_CLK_TCK"),
        "cpus_count": os.cpu_count(),
        "recorder_pid": own_pid_id(),
        "clock": "CLOCK_MONOTONIC",
        "started_s": round(time.monotonic(), 6),
        "started_utc": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "processes": {
            "scan": scan,
            "every_s": plan.processes_every_s,
            "top_count": plan.top_count,
            "hidden": "; ".join(gap.reason for gap in hidden_processes(tree)) or None,
        },
        "cgroups": plan.cgroups,
        "interval_s": plan.interval_s,
        **more,
    })  # fmt: skip


def summarize(cost: Cost, gaps: Mapping[str, str]) -> bytes:
    """The text of ``end.json``; a recording without it was not ended by its recorder."""
    return _json({
        "ended_by": cost.ended_by,
        "duration_s": round(cost.duration_s, 3),
        "cpu_s": round(cost.cpu_s, 3),
        "ticks_count": cost.ticks_count,
        "missed_count": cost.missed_count,
        "unread": dict(gaps),
    })  # fmt: skip


def _boot_id(tree: Tree) -> str | None:
    try:
        return text_of(tree.read(BOOT_ID_PATH)[0]).strip() or None
    except OSError:
        return None


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, indent=1).encode() + b"\n"
