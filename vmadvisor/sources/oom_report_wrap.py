"""Lines that a mail program broke: whether one is unfinished, and whether the next is its rest.

    [ 1974.205919] [ 116849]     0 116849     3059     1722    53248
    1024             0 alloc_anon

The rest has no time stamp and looks like no beginning of a report's line.
"""

import re

from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources import oom_report_zone as zone_of
from vmadvisor.sources.oom_report_table import HEADER_START, ROW_START, TableReader

START = re.compile(
    r"\s*(?:Node \d|\[ *(?:pid|\d{1,10}) *\]|Mem-Info:|lowmem_reserve|Out of memory|Memory cgroup |"
    r"Killed process|oom-kill:|oom_reaper|CPU: |Pid: |Call Trace|Tasks |Task in|(?:memory|memory\+swap|"
    r"kmem|swap): |\d+ (?:total pagecache|pages )|(?:Free|Total) swap|Swap cache|Hardware name|"
    r"Kernel panic|[RE][A-Z0-9]{1,2}: |Code: |[A-Z]\w+ free:\d|[A-Z]\w+: \d+\*\d+kB|Unreclaimable slab|"
    r"</?TASK>|[\w.]+\+0x|\? [\w.]+\+0x|.{1,64} invoked oom-killer)",
    re.ASCII,
)
"""How lines of a report begin: none of these continues the line before."""

_MORE_SIZES = re.compile(r"\s*[a-z_]+(?:\(\w+\))?:\s?\d", re.ASCII)


def may_go_on(text: str, table: TableReader) -> bool:
    """Whether a line can be told to be unfinished, or may have a rest."""
    if "+0x" in text:
        return False
    if text.startswith("["):
        if ROW_START.match(text):
            return bool(table.columns) and not table.is_row(text)
        return HEADER_START.match(text) is not None and not text.rstrip().endswith(" name")
    if text.endswith(" invoked"):
        return True
    if " invoked oom-killer:" in text:
        return text.rstrip().endswith((",", "oom-killer:"))
    if text.startswith(("CPU: ", "Pid: ")):
        found = text_of.task_line(text)
        return found is None or found[1] is None
    if zone_of.BUDDY.match(text):
        return not zone_of.is_whole_buddy(text)
    if ": usage " in text:
        return "failcnt" not in text
    if "ill process " in text or "illed process " in text:
        return "file-rss:" not in text and " child" not in text
    return "hugepages_total=" in text or " free:" in text or text.startswith("Node ")


def goes_on(text: str, rest: str, table: TableReader) -> bool:
    """Whether ``rest`` is the rest of ``text``, a line that ``may_go_on``."""
    if START.match(rest):
        return False
    if text.endswith(" invoked"):
        return rest.startswith("oom-killer")
    if " invoked oom-killer:" in text:
        return "=" in rest
    if "hugepages_total=" in text:
        return rest.startswith("hugepages_")
    if zone_of.ZONE.match(text) or zone_of.NODE.match(text):
        return _MORE_SIZES.match(rest) is not None or rest.startswith("all_unreclaimable")
    return may_go_on(text, table)
