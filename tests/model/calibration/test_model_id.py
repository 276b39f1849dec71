"""A fit anew is another model."""

from vmadvisor.model import fitted
from vmadvisor.model.calibration.model_id import model_id


def test_it_changes_with_any_map(monkeypatch):
    before = model_id()
    shift, *rest = fitted.MAPS["oom_global"]["grown"]
    maps = fitted.MAPS | {"oom_global": {"grown": (shift + 0.0001, *rest)}}
    monkeypatch.setattr(fitted, "MAPS", maps)

    assert model_id() != before
