"""What a scrape of ``vmadvisor exporter`` costs beside one of node_exporter's, in the same run.

    python tests/bench/exporter.py [--processes 500] [--scrapes 40] [--pause 2.5]

Starts idle processes, both exporters, and scrapes them in turns, each ``--pause`` seconds. A scrape's cost is
the CPU time of the exporter and its children from before it to after it (/proc/PID/stat, and for ours also its
own counter); what is used between scrapes, sampling, is told apart, per second. Memory is the peak resident set
(VmHWM). Nothing is asserted: the target is printed beside the figure. Needs ``cc``; without node_exporter its
column is empty. All it starts is ended again, by its number.
"""

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cost import PYTHON_HABITS, compile_programs, spread

SCRAPE_MAX_S = 0.050
START_S = 20.0
CLOCK_HZ = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Of the process, to a nanosecond, and of the children it has waited for, to a tick."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    own_ns = sum(int(Path(thread, "schedstat").read_text().split()[0]) for thread in threads)
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children_ticks = int(fields[13]) + int(fields[14])
    return own_ns / 1e9 + children_ticks / CLOCK_HZ


def peak_mib(pid: int) -> float:
    match = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) / 1024 if match else float("nan")


def scraped(url: str) -> tuple[str, float]:
    """The text, and how long it took."""
    began_s = time.monotonic()
    with urllib.request.urlopen(url, timeout=30) as answer:
        text = answer.read().decode()
    return text, time.monotonic() - began_s


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def started(
    command: list[str | Path], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def compiled(directory: Path) -> dict[str, str]:
    """The environment of an installed program, whose modules are compiled."""
    habits = {name: text for name, text in os.environ.items() if name not in PYTHON_HABITS}
    environment = habits | {"PYTHONPYCACHEPREFIX": str(directory / "pycache")}
    for module in ("vmadvisor", "prometheus_client"):
        code = f"import compileall, {module} as m; compileall.compile_dir(m.__path__[0], quiet=2)"
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return environment


@contextmanager
def idle(count: int, directory: Path) -> Iterator[None]:
    """``count`` processes that sleep; they end with the end of their parent's input."""
    command = [directory / "idle", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        try:
            yield
        finally:
            parent.communicate()


def wait_for(url: str) -> None:
    end_s = time.monotonic() + START_S
    while True:
        try:
            scraped(url)
        except OSError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.2)
        else:
            return


class Measured:
    """One exporter's scrapes."""

    def __init__(self, name: str, url: str, pid: int) -> None:
        self.name, self.url, self.pid = name, url, pid
        self.cpu_s: list[float] = []
        self.wall_s: list[float] = []
        self.between: list[float] = []
        self.bytes_count = 0
        self._after: tuple[float, float] | None = None

    def scrape(self) -> None:
        before_s, began_s = cpu_s(self.pid), time.monotonic()
        if self._after is not None:
            then_s, then = self._after
            self.between.append((before_s - then_s) / (began_s - then))
        text, wall_s = scraped(self.url)
        time.sleep(0.1)  # until its thread is done with it
        self.cpu_s.append(cpu_s(self.pid) - before_s)
        self.wall_s.append(wall_s)
        self.bytes_count = len(text)
        self._after = (cpu_s(self.pid), time.monotonic())

    def line(self) -> str:
        return (
            f"| {self.name} | {spread([1e3 * one for one in self.cpu_s], 1)} | {statistics.mean(self.cpu_s) * 1e3:.1f} "
            f"| {spread([1e3 * one for one in self.wall_s], 0)} | {statistics.mean(self.between) * 1e3:.2f} "
            f"| {peak_mib(self.pid):.0f} | {self.bytes_count / 1024:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, default=500)
    parser.add_argument("--scrapes", type=int, default=40)
    parser.add_argument("--pause", type=float, default=2.5)
    given = parser.parse_args()
    node = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        compile_programs(directory)
        environment = compiled(directory)
        stack.enter_context(idle(given.processes, directory))
        exporters = []
        port = free_port()
        ours: list[str | Path] = [
            sys.executable,
            "-m",
            "vmadvisor",
            "exporter",
            "--listen",
            f"127.0.0.1:{port}",
        ]
        process = stack.enter_context(started(ours, environment))
        exporters.append(
            Measured("vmadvisor exporter", f"http://127.0.0.1:{port}/metrics", process.pid)
        )
        if node is not None:
            port = free_port()
            process = stack.enter_context(
                started([node, f"--web.listen-address=127.0.0.1:{port}"], environment)
            )
            exporters.append(
                Measured("node_exporter", f"http://127.0.0.1:{port}/metrics", process.pid)
            )
        for one in exporters:
            wait_for(one.url)
        processes_count = sum(path.name.isdigit() for path in Path("/proc").iterdir())
        for turn in range(given.scrapes):
            time.sleep(given.pause)
            for one in exporters if turn % 2 else reversed(exporters):
                one.scrape()
        print(
            f"{processes_count} processes, {given.scrapes} scrapes each, target {SCRAPE_MAX_S * 1e3:.0f} ms of CPU"
        )
        print(
            "| exporter | CPU ms a scrape: median (least-most) | mean | wall ms | CPU ms/s between | peak MiB | KiB |"
        )
        print("|---|---|---|---|---|---|---|")
        for one in exporters:
            print(one.line())


if __name__ == "__main__":
    main()
