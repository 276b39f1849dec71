"""The samples of one metric of a report, by its labels' values."""

import pytest

from vmadvisor.render.metrics import METRICS


@pytest.fixture
def samples_of():
    def find(name, report):
        metric = next(metric for metric in METRICS if metric.name == name)
        found = [(labels, value) for labels, value in metric.samples(report) if value is not None]
        assert all(len(labels) == len(metric.labels) for labels, _ in found)
        return dict(found)

    return find
