"""A real Prometheus scrapes the exporter, a real node_exporter serves the text file."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

pytestmark = pytest.mark.live

WAIT_S = 60.0
CONFIG = """\
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files:
  - {rules}
scrape_configs:
  - job_name: vmadvisor
    static_configs:
      - targets: ["{target}"]
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def running(*command, **options):
    """The program, ended again by its own number."""
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def vmadvisor(*arguments):
    return (sys.executable, "-m", "vmadvisor", *arguments)


@contextlib.contextmanager
def exporter(*more):
    """(process, url) once it listens."""
    command = vmadvisor("exporter", "--listen", "127.0.0.1:0", *more)
    with running(*command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        line = process.stderr.readline()
        assert "listening on " in line, line
        yield process, line.split("listening on ")[1].strip()


def fetched(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


def waited_for(ask):
    """What ``ask`` gives once it gives something."""
    end_s = time.monotonic() + WAIT_S
    while True:
        with contextlib.suppress(OSError, ValueError):
            if found := ask():
                return found
        assert time.monotonic() < end_s, "it did not come"
        time.sleep(0.3)


def test_prometheus_scrapes_the_exporter_and_evaluates_the_rules(tmp_path):
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed")
    rules = tmp_path / "alerts.yml"
    rules.write_text(subprocess.check_output(vmadvisor("alerts"), text=True))
    port = free_port()
    base = f"http://127.0.0.1:{port}/api/v1/"

    def ask(path, **query):
        document = json.loads(fetched(f"{base}{path}?{urllib.parse.urlencode(query)}"))
        return document["data"]

    with exporter("--min-interval", "0.5") as (_, url):
        config = tmp_path / "prometheus.yml"
        config.write_text(CONFIG.format(rules=rules, target=urllib.parse.urlsplit(url).netloc))
        server = (
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
        )  # fmt: skip
        with running(*server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            waited_for(lambda: ask("query", query='up{job="vmadvisor"} == 1')["result"])
            verdicts = waited_for(lambda: ask("query", query="vmadvisor_verdict")["result"])
            (target,) = ask("targets")["activeTargets"]
            waited_for(
                lambda: all(rule["health"] == "ok" for rule in ask("rules")["groups"][0]["rules"])
            )
            types = {name: about[0]["type"] for name, about in ask("metadata").items()}

    assert target["lastError"] == ""
    assert {one["metric"]["status"] for one in verdicts} == {"OK", "WARNING", "CRITICAL", "UNKNOWN"}
    assert sum(float(one["value"][1]) for one in verdicts) == 1
    assert types["vmadvisor_allocstall"] == "counter"  # a counter's own name in OpenMetrics
    assert types["vmadvisor_verdict"] == "gauge"


def test_node_exporter_serves_the_text_file(tmp_path):
    program = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
    if program is None:
        pytest.skip("node_exporter is not installed")
    path = tmp_path / "vmadvisor.prom"
    subprocess.run(vmadvisor("textfile", str(path), "--interval", "0.2"), check=True, timeout=60)
    address = f"127.0.0.1:{free_port()}"
    command = (
        program, f"--web.listen-address={address}", "--collector.disable-defaults",
        "--collector.textfile", f"--collector.textfile.directory={tmp_path}",
    )  # fmt: skip
    with running(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        text = waited_for(lambda: fetched(f"http://{address}/metrics"))

    assert "node_textfile_scrape_error 0" in text
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    served = {line.rsplit(" ", 1)[0] for line in text.splitlines()}
    assert {line.rsplit(" ", 1)[0] for line in lines} <= served


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_exporter_cleanly(number):
    with exporter() as (process, url):
        assert "vmadvisor_verdict{" in fetched(url)
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
        assert process.stdout.read() == ""
