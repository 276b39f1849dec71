"""A port that anybody on the host may call."""

import contextlib
import socket
import threading
import time
import urllib.request

import pytest
from prometheus_client.core import GaugeMetricFamily

from vmadvisor.monitoring import server as module
from vmadvisor.monitoring.server import Server


class Collector:
    def __init__(self):
        self.wait = None
        self.inside = []

    def collect(self):
        self.inside.append(threading.current_thread())
        if self.wait is not None:
            self.wait.wait(10)
        family = GaugeMetricFamily("vmadvisor_x", "About x.")
        family.add_metric((), 7.5)
        yield family


@pytest.fixture
def served():
    collector = Collector()
    one = Server("127.0.0.1", 0, collector)
    one.serve()
    yield one, collector
    one.close()


def until(is_so, within_s=10):
    end_s = time.monotonic() + within_s
    while not is_so() and time.monotonic() < end_s:
        time.sleep(0.01)


def fetched(url, accept="*/*"):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def test_it_serves_text_and_open_metrics(served):
    kind, text = fetched(served[0].url)
    open_kind, open_text = fetched(served[0].url, "application/openmetrics-text; version=1.0.0")

    assert kind.startswith("text/plain")
    assert "vmadvisor_x 7.5\n" in text
    assert open_kind.startswith("application/openmetrics-text")
    assert open_text.endswith("# EOF\n")


def test_its_address_is_the_one_that_was_asked_for(served):
    host, port = served[0].server_address

    assert host == "127.0.0.1"
    assert served[0].url == f"http://127.0.0.1:{port}/metrics"


def test_a_version_6_address_stands_in_brackets():
    try:
        one = Server("::1", 0, Collector())
    except OSError:
        pytest.skip("no IPv6 here")
    assert one.url == f"http://[::1]:{one.server_port}/metrics"
    one.server_close()


def test_callers_who_say_nothing_are_dropped_and_do_not_keep_others_out(served, monkeypatch):
    monkeypatch.setattr(module._Handler, "timeout", 0.3)
    address = served[0].server_address
    with contextlib.ExitStack() as stack:
        for _ in range(module.CALLERS_MAX_COUNT - 1):
            stack.enter_context(socket.create_connection(address, timeout=10))
        assert "vmadvisor_x" in fetched(served[0].url)[1]
        last = stack.enter_context(socket.create_connection(address, timeout=10))
        last.settimeout(5)
        assert last.recv(1) == b""


def test_there_are_never_more_callers_than_slots(served):
    one, collector = served
    collector.inside.clear()
    collector.wait = threading.Event()
    with contextlib.ExitStack() as stack:
        for _ in range(3 * module.CALLERS_MAX_COUNT):
            caller = stack.enter_context(socket.create_connection(one.server_address, timeout=10))
            with contextlib.suppress(OSError):
                caller.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        until(lambda: len(collector.inside) >= module.CALLERS_MAX_COUNT)
        time.sleep(0.3)
        most = list(collector.inside)
        collector.wait.set()

    assert len(most) == module.CALLERS_MAX_COUNT
    for thread in most:
        thread.join(10)
    assert "vmadvisor_x" in fetched(one.url)[1]


@pytest.mark.parametrize(
    "request_", [b"\xff\x00\r\n\r\n", b"GET /" + b"a" * 70_000, b"POST / HTTP/1.0\r\n\r\n"]
)
def test_nonsense_is_answered_or_dropped_without_a_word(served, capfd, request_):
    with socket.create_connection(served[0].server_address, timeout=10) as caller:
        caller.settimeout(5)
        with contextlib.suppress(OSError):
            caller.sendall(request_)
            caller.shutdown(socket.SHUT_WR)
            while caller.recv(4096):
                pass

    assert "vmadvisor_x" in fetched(served[0].url)[1]
    assert capfd.readouterr().err == ""
