"""Where an OOM report begins and where another one does, when the first line may be lost."""

from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources.oom_report import OomReport
from vmadvisor.sources.oom_report_builder import Builder
from vmadvisor.sources.oom_report_table import HEADER_START


def opens(text: str) -> bool:
    """What a report may begin with when its first lines are lost."""
    if " invoked" in text:
        return " invoked oom-killer" in text or text.endswith(" invoked")
    if text.startswith(("Mem-Info:", "memory: usage ", "oom-kill:", "Tasks state (memory")):
        return True
    if "rocess" in text or "no killable" in text:
        return _is_kill(text) or text.startswith("Out of memory and no killable")
    return text[:1] == "[" and HEADER_START.match(text) is not None


def _is_kill(text: str) -> bool:
    """A kill, or the beginning of one that is wrapped."""
    return text_of.choice(text) is not None or text_of.IS_KILL.match(text) is not None


def begins_another(builder: Builder, text: str) -> bool:
    """Whether a line cannot belong to this report any more."""
    if " invoked" in text and (" invoked oom-killer" in text or text.endswith(" invoked")):
        return builder.is_invoked or builder.has_kill or builder.has_table or builder.has_memory
    if text.startswith("[") and HEADER_START.match(text):
        return builder.has_kill or bool(builder.table.columns)
    if text.startswith(("Mem-Info:", "memory: usage ", "Tasks state (memory")):
        return builder.has_kill
    if text.startswith("oom-kill:"):
        return builder.has_kill or builder.ending.summary is not None
    if "rocess " in text and _is_kill(text):
        return _is_another_kill(builder, text)
    return False


def _is_another_kill(builder: Builder, text: str) -> bool:
    """Until 5.0 the choice and the kill are two lines; a group is killed as one."""
    if text_of.choice(text) is not None:
        return builder.has_kill
    return bool(builder.ending.kills) and not builder.ending.is_group_kill


def is_of_oom(report: OomReport) -> bool:
    """More than a show of memory, which failed allocations and ``sysrq m`` print too."""
    return bool(
        report.invoker_comm is not None
        or report.kills
        or report.choice
        or report.summary
        or report.has_no_candidate
        or (report.table is not None and report.table.tasks)
    )
