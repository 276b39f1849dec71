"""What the exporter says of itself, before there is a report and beside it."""

from prometheus_client.parser import text_string_to_metric_families

from vmadvisor.monitoring.own_metrics import OWN_METRICS, ScrapeCollector, cpu_s, resident_bytes
from vmadvisor.monitoring.readings import State
from vmadvisor.render.metrics import METRICS
from vmadvisor.render.prometheus import exposition

STATE = State(report=None, age_s=None, readings_count=0, failures_count=3, samples_count=2)


class Asked:
    def __init__(self, state):
        self.state = state

    def latest(self):
        return self.state


def values(state):
    text = exposition(ScrapeCollector(Asked(state)))
    return {one.name: one.samples[0].value for one in text_string_to_metric_families(text)}


def test_without_a_report_there_is_no_verdict_and_no_age():
    found = values(STATE)

    assert "vmadvisor_verdict" not in found
    assert "vmadvisor_exporter_reading_age_seconds" not in found
    assert found["vmadvisor_exporter_reading_failures"] == 3
    assert found["vmadvisor_exporter_readings"] == 0


def test_a_report_stands_beside_its_age():
    import importlib.util
    from pathlib import Path

    path = Path(__file__).resolve().parents[1] / "render" / "conftest.py"
    spec = importlib.util.spec_from_file_location("canonical", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = values(STATE._replace(report=module._canonical(), age_s=7.25, readings_count=5))

    assert found["vmadvisor_exporter_reading_age_seconds"] == 7.25
    assert found["vmadvisor_verdict_exit_code"] == 1
    assert found["vmadvisor_exporter_track_samples"] == 2


def test_names_are_not_those_of_the_report():
    assert {one.name for one in OWN_METRICS}.isdisjoint(one.name for one in METRICS)
    assert all(one.help.endswith(".") for one in OWN_METRICS)


def test_its_cost_is_read_from_the_kernel():
    before_s = cpu_s()
    sum(number * number for number in range(1_000_000))

    assert before_s < cpu_s() < before_s + 10
    assert 5e6 < resident_bytes() < 5e9
