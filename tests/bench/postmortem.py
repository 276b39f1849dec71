"""How far ``postmortem`` can be trusted: victims, causes, damaged logs, a log of 200 MB.

    python tests/bench/postmortem.py [--mutations 100000] [--seed 1] [--megabytes 200] [--consoles DIR ...]

Four parts, each skipped with a word where its input is not there:

* every report of ``../shared/oom`` and every console (``*.console.zst`` of ``../shared/recordings`` and of the
  directories given): kills found, victims reproduced;
* the same with kill lines changed and removed: ``predicted`` must stay, ``agrees`` must not;
* seeded damage (lines cut, joined, moved, columns swapped, random bytes): no exception, and nobody named
  who does not stand in the damaged text;
* a log of many megabytes through the command itself: time and peak memory.

The exit code is 1 if a promise is broken.
"""

import argparse
import csv
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))

from vmadvisor.advise.postmortem import Postmortem, postmortem  # noqa: E402 - found beside this file, installed or not
from vmadvisor.render.postmortem import FORMATS, writer  # noqa: E402
from vmadvisor.render.style import Style  # noqa: E402
from vmadvisor.sources.oom_log import reports  # noqa: E402

SHARED = REPOSITORY.parent / "shared"
EXPLAINED = {"047-numa-5.8-random-dbus.log"}
"""Misses that index.csv explains: the first in the order had been reaped before (MMF_OOM_SKIP)."""

CAUSES = {
    "002": "swap_full", "006": "below_mark", "007": "below_mark", "009": "below_mark", "012": "swap_full",
    "013": "cgroup_limit", "015": "sysrq", "016": "tmpfs", "017": "tmpfs", "018": "tmpfs",
    "022": "cgroup_limit", "024": "node_bound", "025": "node_bound", "026": "cgroup_limit",
    "028": "cgroup_limit", "031": "lowmem", "032": "lowmem", "034": "lowmem", "036": "bpf",
    "041": "cgroup_limit", "042": "cgroup_limit", "043": "cgroup_limit", "046": "cgroup_limit",
    "047": "swap_full", "048": "swap_full", "051": "tmpfs",
}  # fmt: skip
"""By file number, read off Mem-Info, the header and index.csv by a person; the others do not tell."""

KILL_LINE = re.compile(rb"^.*(?:[Kk]ill(?:ed)? process \d|oom-kill:).*\n?", re.MULTILINE)
KILL_PID = re.compile(rb"((?:[Kk]ill(?:ed)? process |,pid=))(\d+)")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
ALL_FORMATS_SHARE = 1 / 64
OTHER_PID = b"3999999"

NOISE = (
    "[{0:5d}.{1:06d}] usb 1-1: new high-speed USB device number 4 using xhci_hcd\n"
    "[{0:5d}.{1:06d}] IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready in the room of process 12\n"
    '[{0:5d}.{1:06d}] audit: type=1400 audit(1709314865.010:{0}): apparmor="ALLOWED" operation="open"\n'
)


def found_in(data: bytes) -> list[Postmortem]:
    return [postmortem(report) for report in reports([data])]


def corpus() -> dict[str, bytes]:
    directory = SHARED / "oom"
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.log"))}


def pid_of(one: object) -> int | None:
    return None if one is None else one.pid_id


def chosen_of(found: Postmortem) -> tuple[int, str] | None:
    chosen = found.analysis.prediction.chosen
    return None if chosen is None else (chosen.task.pid_id, chosen.task.comm)


# -- victims and causes ------------------------------------------------------------------------------


def check_corpus(logs: dict[str, bytes]) -> bool:
    with (SHARED / "oom" / "index.csv").open(newline="") as stream:
        index = {row["file"]: row for row in csv.DictReader(stream)}
    victims, told, causes, failed = Counter(), Counter(), Counter(), []
    for name, data in logs.items():
        row, found = index[name], found_in(data)
        wanted = row["victim_pid"]
        last = found[-1].analysis
        told["right" if str(pid_of(last.victim) or "") == wanted else "wrong"] += 1
        is_complete = row["task_table_complete"] == row["total_pages_known"] == "yes"
        if wanted and is_complete:
            same = chosen_of(found[-1]) is not None and last.agrees
            kind = (
                "equal" if same else "explained" if name in EXPLAINED and last.why_not else "MISSED"
            )
            victims[kind] += 1
        if name[:3] in CAUSES:
            right = all(one.analysis.cause == CAUSES[name[:3]] for one in found)
            causes["right" if right else f"WRONG {name}"] += 1
    failed = victims["MISSED"] or told["wrong"] or len(causes) > 1
    print(f"../shared/oom, {len(logs)} logs: victims as index.csv says {dict(told)}")
    print(f"  complete tables with a known total: {dict(victims)}; causes: {dict(causes)}")
    return not failed


def consoles(directories: list[Path]) -> dict[str, bytes]:
    import zstandard

    found = {}
    for directory in directories:
        for path in sorted(directory.glob("*.console.zst")):
            with path.open("rb") as stream:
                found[path.name] = zstandard.ZstdDecompressor().stream_reader(stream).read()
    return found


def check_consoles(logs: dict[str, bytes]) -> bool:
    in_log = found_count = tables = equal = 0
    for name, data in logs.items():
        lines = re.findall(rb"out of memory[^:\n]*: Killed process (\d+)", data, re.IGNORECASE)
        found = found_in(data)
        kills = [str(kill.pid_id).encode() for one in found for kill in one.analysis.report.kills]
        in_log += len(lines)
        found_count += len(lines) if lines == kills else 0
        for one in found:
            if one.analysis.prediction.chosen is not None and one.analysis.victim is not None:
                tables += 1
                equal += bool(one.analysis.agrees)
                if not one.analysis.agrees:
                    print(
                        f"  {name}: {one.analysis.victim}, not {chosen_of(one)}: {one.analysis.why_not}"
                    )
    print(
        f"consoles, {len(logs)}: {found_count} of {in_log} kills found; {tables} with a task table, {equal} equal"
    )
    return found_count == in_log and equal >= 0.98 * tables


def check_independence(logs: dict[str, bytes]) -> bool:
    """Kill lines are what a prediction is held against: they must not make it."""
    count = moved = kept = 0
    for data in logs.values():
        before = found_in(data)
        for changed in (KILL_PID.sub(rb"\g<1>" + OTHER_PID, data), KILL_LINE.sub(b"", data)):
            after = found_in(changed)
            pairs = [
                (one, next((o for o in after if _head(o) == _head(one)), None))
                for one in before
                if chosen_of(one) is not None
            ]
            for one, other in pairs:
                count += 1
                if other is None or chosen_of(one) != chosen_of(other):
                    moved += 1
                elif one.analysis.agrees and other.analysis.agrees:
                    kept += 1
    print(f"kill lines changed or removed, {count} predictions: {moved} moved, {kept} still agree")
    return count > 0 and not moved and not kept


def _head(found: Postmortem) -> tuple[object, ...]:
    report = found.analysis.report
    return (
        report.invoker_comm,
        report.invoker_pid_id,
        len(report.table.tasks if report.table else ()),
    )


# -- damage ------------------------------------------------------------------------------------------


def cut_lines(dice: random.Random, lines: list[bytes]) -> None:
    start = dice.randrange(len(lines))
    del lines[start : start + dice.choice((1, 1, 2, 5, 40))]


def cut_within(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(len(lines))
    lines[index] = lines[index][: dice.randrange(len(lines[index]) + 1)]


def join(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(max(len(lines) - 1, 1))
    glue = dice.choice((b"", b" ", b"\t"))
    lines[index : index + 2] = [glue.join(lines[index : index + 2])]


def wrap(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(len(lines))
    words = lines[index].split(b" ")
    at = dice.randrange(len(words) + 1)
    lines[index : index + 1] = [b" ".join(words[:at]), b" ".join(words[at:])]


def swap_columns(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(len(lines))
    fields = lines[index].split()
    if len(fields) > 1:
        one, other = dice.randrange(len(fields)), dice.randrange(len(fields))
        fields[one], fields[other] = fields[other], fields[one]
        lines[index] = b" ".join(fields)


def random_bytes(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(len(lines))
    line = bytearray(lines[index])
    for _ in range(dice.randint(1, 6)):
        line[dice.randrange(len(line) + 1) :][:0] = dice.randbytes(1)
        if line:
            line[dice.randrange(len(line))] = dice.randrange(256)
    lines[index] = bytes(line)


def huge_number(dice: random.Random, lines: list[bytes]) -> None:
    index = dice.randrange(len(lines))
    number = dice.choice((b"9" * 19, b"9" * 400, b"-1", b"0", b"18446744073709551615"))
    lines[index] = re.sub(rb"\d+", number, lines[index], count=dice.randint(1, 3))


def move(dice: random.Random, lines: list[bytes]) -> None:
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines) + 1), line)


def double(dice: random.Random, lines: list[bytes]) -> None:
    start = dice.randrange(len(lines))
    lines[start:start] = lines[start : start + dice.choice((1, 3, 60))]


DAMAGES = (cut_lines, cut_within, join, wrap, swap_columns, random_bytes, huge_number, move, double)


def damaged(dice: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    for _ in range(dice.choice((1, 1, 2, 4, 12))):
        if len(lines) > 1:
            dice.choice(DAMAGES)(dice, lines)
    return b"\n".join(lines)


def invented(found: Postmortem, flat: str) -> str | None:
    """Whoever is named must stand in the text, where the kernel names victims and tasks."""
    analysis = found.analysis
    if analysis.victim is not None:
        pid, comm = analysis.victim.pid_id, re.sub(r"\s+", " ", analysis.victim.comm)
        said = rf"(?i:kill(?:ed)? process) 0*{pid}\b|,pid=0*{pid},"
        if not re.search(said, flat) or comm.strip() not in flat:
            return f"victim {pid} ({comm})"
    chosen = chosen_of(found)
    if chosen is not None:
        comm = re.sub(r"\s+", " ", chosen[1]).strip()
        if not re.search(rf"\[ *0*{chosen[0]} *\][^\[]*{re.escape(comm)}", flat):
            return f"predicted {chosen}"
    return None


def run_one(seed: int, number: int, samples: list[tuple[str, bytes]]) -> tuple[str, str, bytes]:
    """(outcome, how it failed, the damaged log)."""
    dice = random.Random(f"{seed}:{number}")
    name, data = dice.choice(samples)
    log = damaged(dice, data)
    try:
        flat = re.sub(r"\s+", " ", log.decode("utf-8", "surrogateescape"))
        found = found_in(log)
        for one in found:
            lie = invented(one, flat)
            if lie is not None:
                return "INVENTED", f"{name}: {lie}", log
        _render(dice, found)
    except Exception:  # noqa: BLE001 - any exception at all is the finding
        return "FAILED", f"{name}: {traceback.format_exc()}", log
    return ("reports" if found else "no report"), "", log


def _render(dice: random.Random, found: list[Postmortem]) -> None:
    formats = list(FORMATS) if dice.random() < ALL_FORMATS_SHARE else ["json"]
    for name in formats:
        output, style = writer(name), Style()
        text = output.begin(style)
        text += "".join(
            output.one(one, number, style, has_all_tasks=name == "json" and number < 2)
            for number, one in enumerate(found, 1)
        )
        text += output.end(len(found), (), style)
        if control := CONTROL.search(text):
            raise AssertionError(f"control character {control[0]!r} in {name}")
        if name == "json":
            json.loads(text)


def check_damage(logs: dict[str, bytes], seed: int, count: int) -> bool:
    samples = sorted((name, data) for name, data in logs.items() if len(data) < 60_000)
    outcomes: Counter[str] = Counter()
    started_s, shown = time.monotonic(), 0
    for number in range(count):
        outcome, how, log = run_one(seed, number, samples)
        outcomes[outcome] += 1
        if how and shown < 5:
            shown += 1
            path = Path(tempfile.gettempdir()) / f"postmortem-{seed}-{number}.log"
            path.write_bytes(log)
            print(f"  run {number}, kept as {path}: {how}")
    took_s = time.monotonic() - started_s
    print(f"damaged logs, seed {seed}: {count} runs in {took_s:.0f} s: {dict(outcomes)}")
    return not outcomes["FAILED"] and not outcomes["INVENTED"]


# -- a large log -------------------------------------------------------------------------------------


def large_log(path: Path, megabytes: int, samples: list[bytes], reports_share: float) -> int:
    """Writes noise with reports in it; returns how many reports."""
    written, count, wanted = 0, 0, megabytes * 2**20
    noise = "".join(NOISE.format(n, n) for n in range(30)).encode()
    with path.open("wb") as stream:
        while written < wanted:
            data = samples[count % len(samples)]
            budget = int(len(data) / reports_share) - len(data) if reports_share else wanted
            times = max(min(budget, wanted - written) // len(noise), 1)
            for _ in range(times):
                written += stream.write(noise)
            if reports_share and written < wanted:
                written += stream.write(data)
                count += 1
    return count


_CHILD = """
import re, sys, time
from vmadvisor.__main__ import run
start = time.monotonic(), time.process_time()
code = run(["postmortem", sys.argv[1], "--format", "json"])
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(code, time.monotonic() - start[0], time.process_time() - start[1], peak, file=sys.stderr)
"""


def check_large(logs: dict[str, bytes], megabytes: int) -> bool:
    sound = [data for name, data in logs.items() if name[:3] in {"006", "012", "016", "047"}]
    is_good = True
    for share, what in (
        (0.0, "no report"),
        (0.01, "1 % reports"),
        (0.10, "10 % reports"),
        (0.95, "hardly anything else"),
    ):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "messages"
            count = large_log(path, megabytes, sound, share)
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, str(path)],
                capture_output=True,
                text=True,
                check=True,
                cwd=REPOSITORY,
            )
            code, wall_s, cpu_s, rss_kib = (float(word) for word in done.stderr.split()[-4:])
            found = len(json.loads(done.stdout)["reports"])
        print(
            f"a log of {megabytes} MiB, {what}: {found} of {count} reports, {wall_s:.1f} s ({cpu_s:.1f} s of CPU), "
            f"peak {rss_kib / 1024:.0f} MiB"
        )
        if share <= 0.01:
            is_good = (
                is_good and not code and found == count and wall_s < 10 and rss_kib < 100 * 1024
            )
    return is_good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--consoles", type=Path, nargs="*", default=[])
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    good = []
    logs = corpus() if (SHARED / "oom").is_dir() else {}
    if not logs:
        print("no ../shared/oom: victims, damage and size are not measured")
        return 0
    good.append(check_corpus(logs))
    directories = [SHARED / "recordings", SHARED / "recordings" / "freeze", *chosen.consoles]
    told = consoles([path for path in directories if path.is_dir()])
    good.append(check_consoles(told))
    good.append(check_independence({**logs, **told}))
    if chosen.megabytes:
        good.append(check_large(logs, chosen.megabytes))
    if chosen.mutations:
        good.append(check_damage({**logs, **told}, chosen.seed, chosen.mutations))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
