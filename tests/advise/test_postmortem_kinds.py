"""Every kind of report that an admin brings, made from one that a 6.1 guest wrote: cause, scope, who, and in any log's clothes."""

import re
from pathlib import Path

import pytest

from vmadvisor.advise.postmortem import postmortem
from vmadvisor.render.postmortem import writer
from vmadvisor.render.style import Style
from vmadvisor.sources.oom_log import reports

LINES = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_text().splitlines()
WHOLE = [line for line in LINES if line.startswith("[   41.0")]
WITHOUT_KILL = [line for line in WHOLE if "oom-kill:" not in line and "Killed" not in line]
USER_PAGE = "gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)"
KERNEL_PAGE = "gfp_mask=0xcc0(GFP_KERNEL)"
MOVABLE_ZONE = (
    "[   41.042700] Node 0 Movable free:80000kB boost:0kB min:128kB low:200kB high:300kB "
    "present:100000kB managed:100000kB free_cma:0kB\n[   41.042710] lowmem_reserve[]: 0 0 0 0 0"
)


def log(*changes, lines=WHOLE):
    text = "\n".join([*lines, ""])
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def only(text):
    (report,) = reports([text.encode()])
    return postmortem(report)


def names(found):
    chosen = found.analysis.prediction.chosen
    victim = found.analysis.victim
    return (victim and victim.comm, chosen and chosen.task.comm)


CMA = re.sub(
    r"(DMA32 free:)1596(kB.*?free_cma:)0kB", r"\g<1>91596\g<2>91000kB",
    log((USER_PAGE, KERNEL_PAGE), ("0*4096kB = 1796kB", "22*4096kB (C) = 91908kB")),
)  # fmt: skip
FRAGMENTED = log(
    ("order=0", "order=4"), ("DMA32 free:1596kB", "DMA32 free:21596kB"),
    ("DMA32: 21*4kB (UME) 18*8kB (UME) 18*16kB (UME) 4*32kB (UE) 4*64kB (UME) 1*128kB (E) 3*256kB (UME)",
     "DMA32: 5000*4kB (UME) 18*8kB (UME) 18*16kB (UME) 4*32kB (UE) 0*64kB 0*128kB 0*256kB"),
)  # fmt: skip
KINDS = {
    "below_mark": log(),
    "cma_only": CMA,
    "movable_only": log(
        (USER_PAGE, KERNEL_PAGE), ("lowmem_reserve[]: 0 0 0 0 0", f"lowmem_reserve[]: 0 0 0 0 0\n{MOVABLE_ZONE}")
    ),
    "fragmentation": FRAGMENTED,
    "swap_full": log(("Free swap  = 0kB", "Free swap  = 12kB"), ("Total swap = 0kB", "Total swap = 131068kB")),
    "slab_unreclaimable": log(("slab_unreclaimable:2171", "slab_unreclaimable:21710")),
    "huge_pages": log(
        ("hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB",
         "hugepages_total=50 hugepages_free=50 hugepages_surp=0 hugepages_size=2048kB")
    ),
    "tmpfs": log(("shmem:970", "shmem:24000")),
    "sysrq": log(("order=0", "order=-1")),
}  # fmt: skip


@pytest.mark.parametrize("cause", KINDS)
def test_each_cause_is_told_from_the_report_alone(cause):
    found = only(KINDS[cause])

    assert found.analysis.cause == cause
    assert found.analysis.scope == "host"
    assert names(found) == ("base", "base")


@pytest.mark.parametrize("cause", KINDS)
def test_the_first_advice_is_about_the_cause_and_no_cause_is_without(cause):
    found = only(KINDS[cause])

    first = found.findings[0]
    assert (first.id, first.scope) == ("VMA-CAUSE-001", "host")
    assert first.would_change or first.remedy or cause == "sysrq"


@pytest.mark.parametrize(
    ("printed", "constraint", "scope"),
    [
        ("CONSTRAINT_MEMORY_POLICY,nodemask=0,cpuset=/", "CONSTRAINT_MEMORY_POLICY", "nodes 0"),
        ("CONSTRAINT_CPUSET,nodemask=(null),cpuset=/batch", "CONSTRAINT_CPUSET", "nodes 0"),
    ],
)
def test_a_request_bound_to_nodes_is_not_the_whole_hosts_shortage(printed, constraint, scope):
    found = only(
        log(("CONSTRAINT_NONE,nodemask=(null),cpuset=/", printed), (",global_oom", ""))
    ).analysis

    assert (found.constraint, found.scope, found.cause) == (constraint, scope, "node_bound")


@pytest.mark.parametrize("word", ["system-wide", "compulsory"])
def test_a_panic_instead_of_a_kill_names_no_victim_and_says_whom_it_would_have_been(word):
    said = f"Out of memory: {word} panic_on_oom is enabled"
    text = log(lines=[*WITHOUT_KILL, f"[   41.060000] Kernel panic - not syncing: {said}"])
    found = only(text)

    assert names(found) == (None, "base")
    assert (found.analysis.agrees, found.analysis.report.panic) == (None, said)
    shown = writer("text").one(found, 1, Style(), has_all_tasks=False)
    assert "panic" in shown


def test_other_output_between_its_lines_changes_nothing():
    noise = "[   41.040001] eth0: link up\n[   41.040002] systemd[1]: started process 7 of 9\n"
    mixed = "".join(f"{line}\n{noise}" for line in WHOLE)

    assert names(only(mixed)) == ("base", "base")
    assert only(mixed).analysis.cause == "below_mark"


CLOTHES = {
    "dmesg": lambda n, text: f"[   41.{n:06d}] {text}",
    "dmesg, callers": lambda n, text: f"[   41.{n:06d}][  T115] {text}",
    "dmesg -T": lambda n, text: f"[Fri Mar  1 12:00:{n % 60:02d} 2024] {text}",
    "dmesg -x": lambda n, text: f"kern  :info  : [   41.{n:06d}] {text}",
    "dmesg, raw": lambda n, text: f"<4>[   41.{n:06d}] {text}",
    "no stamp": lambda _, text: text,
    "syslog": lambda n, text: f"Mar  1 12:00:{n % 60:02d} db1 kernel: [   41.{n:06d}] {text}",
    "journalctl": lambda n, text: f"Mar 01 12:00:{n % 60:02d} db1 kernel: {text}",
    "short-iso": lambda n, text: f"2024-03-01T12:00:{n % 60:02d}+0100 db1 kernel: {text}",
    "rsyslog": lambda n, text: f"2024-03-01T12:00:{n % 60:02d}.{n:06d}+01:00 db1 kernel: [   41.{n:06d}] {text}",
    "/dev/kmsg": lambda n, text: f"4,{n},410{n:05d},-;{text}",
    "quoted mail": lambda n, text: f"> [   41.{n:06d}] {text}",
    "quoted twice": lambda n, text: f"> > [   41.{n:06d}] {text}",
}  # fmt: skip


@pytest.mark.parametrize("form", CLOTHES)
def test_any_time_stamp_gives_the_same_report(form):
    bare = [line.partition("] ")[2] for line in WHOLE]
    text = "\n".join(CLOTHES[form](number, line) for number, line in enumerate(bare))
    found = only(text + "\n").analysis

    assert (found.cause, found.agrees, found.victim.pid_id) == ("below_mark", True, 114)
    assert [(task.comm, task.rss_pages) for task in found.report.table.tasks] == [
        ("recorder", 1_541), ("base", 20_168), ("reader", 237), ("leaky", 25_976),
    ]  # fmt: skip
