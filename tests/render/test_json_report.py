"""JSON follows its published schema, holds the fixed interface, and takes any name."""

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.model.forecast import Driver, Forecast, Outlook
from vmadvisor.render.json_report import SCHEMA_VERSION, render
from vmadvisor.render.json_text import dumps, plain
from vmadvisor.render.style import Style

SCHEMA = json.loads(files("vmadvisor.render").joinpath("check.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def loaded(report):
    return json.loads(render(report, Style()))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["properties"]["schema_version"] == {"const": SCHEMA_VERSION}


def test_the_canonical_report_follows_the_schema(report):
    VALIDATOR.validate(loaded(report))


def test_every_field_printed_is_described(report):
    assert set(loaded(report)) <= set(SCHEMA["properties"])


def test_a_report_of_nothing_follows_the_schema(report):
    empty = replace(
        report, headroom=None, activity=None, stall=None, availability=None, memory_use=None,
        arithmetic=None, fragmentation=None, lru=(), consumers=None, victims=None, processes_seen_count=None,
        process_scan_age_s=None, gaps=(),
    )  # fmt: skip
    document = loaded(empty)

    VALIDATOR.validate(document)
    assert document["processes_seen_count"] is None
    assert document["reclaim_activity"] is None


def test_the_fixed_interface_is_there(report):
    document = loaded(report)

    assert document["status"] == "WARNING"
    assert document["exit_code"] == 1
    assert document["processes_seen_count"] == 317
    assert document["recommendations"] == []
    assert document["host"]["page_size_bytes"] == 4096
    assert document["host"]["boot_id"] == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    assert {finding["scope"] for finding in document["findings"]} == {"host"}
    assert set(document["findings"][0]) == {
        "id", "scope", "severity", "title", "confidence", "evidence", "counter_evidence",
        "would_change", "remedy",
    }  # fmt: skip
    assert set(document["findings"][2]["remedy"]) == {"command", "undo", "effect", "risk"}
    assert document["gaps"][0] == {
        "path": "/sys/fs/cgroup",
        "reason": "permission denied",
        "cost": "a group at its limit cannot be told from a host short of memory",
    }


def test_forecasts_are_probabilities_with_their_interval_or_a_reason(report):
    said = Forecast(
        event="oom", scope="host", horizon_s=10.0, probability_ratio=0.31, low_ratio=0.12,
        high_ratio=0.58, reason=None,
        drivers=(Driver(name="bursts", value=48.0, unit="MiB", text="bursts of 48 MiB", weight_ratio=0.7),),
    )  # fmt: skip
    unsaid = replace(
        said, horizon_s=3600.0, probability_ratio=None, low_ratio=None, high_ratio=None,
        reason="too few onsets", drivers=(),
    )  # fmt: skip
    foreseen = Outlook(
        time_s=7.0, span_s=1.0, samples_count=2, forecasts=(said, unsaid), times=(), full_stall_s_by_horizon=(),
        refusal=None,
    )  # fmt: skip
    document = loaded(replace(report, outlook=foreseen))

    VALIDATOR.validate(document)
    assert document["forecasts"] == [
        {
            "event": "oom", "scope": "host", "horizon_s": 10.0, "probability": 0.31, "low": 0.12,
            "high": 0.58, "reason": None, "drivers": ["bursts of 48 MiB"],
        },
        {
            "event": "oom", "scope": "host", "horizon_s": 3600.0, "probability": None, "low": None,
            "high": None, "reason": "too few onsets", "drivers": [],
        },
    ]  # fmt: skip


def test_a_recommendation_has_the_fields_of_the_fixed_interface(report, advice):
    advised = replace(report, judgement=replace(report.judgement, recommendations=(advice,)))
    document = loaded(advised)

    VALIDATOR.validate(document)
    (found,) = document["recommendations"]
    assert list(found) == [
        "id", "key", "scope", "claim", "current", "recommended", "evidence", "counter_evidence",
        "predicted", "confidence", "would_change", "risk", "command", "undo", "persist", "references",
        "finding_ids",
    ]  # fmt: skip
    assert (found["key"], found["current"], found["recommended"]) == (
        "sysctl:vm.watermark_scale_factor", 10, 65,
    )  # fmt: skip
    assert found["predicted"] == [
        {
            "name": "full_stall", "unit": "s_per_h", "before": 41.0, "before_low": 33.0,
            "before_high": 52.0, "after": 0.7, "after_low": 0.1, "after_high": 1.9,
        }
    ]  # fmt: skip


def test_exact_numbers_are_not_rounded(report):
    document = loaded(report)

    assert document["reclaim_activity"]["majfault_per_s"] == 12.34
    assert document["reclaim_activity"]["compact_stall_per_s"] is None
    assert document["stall_time"]["memory_full_ratio"] == 0.22
    assert document["victims"]["host"][0]["pid"] == 4_194_303


def test_hostile_names_are_ascii_and_follow_the_schema(named_by_an_enemy, hostile_name):
    text = render(named_by_an_enemy(hostile_name), Style())

    assert text.isascii()
    VALIDATOR.validate(json.loads(text))


def test_a_name_that_is_utf_8_comes_back_as_it_was(named_by_an_enemy):
    document = loaded(named_by_an_enemy("caf\u00e9\n\x1b[0m"))

    assert document["victims"]["host"][0]["comm"] == "caf\u00e9\n\x1b[0m"


def test_a_byte_that_is_no_utf_8_is_shown(named_by_an_enemy):
    assert loaded(named_by_an_enemy("cut\udcc3"))["host"]["hostname"] == "cut\\xc3"


def test_severities_are_words_and_foreign_objects_are_refused():
    assert plain((Severity.CRITICAL, {"a": None})) == ["CRITICAL", {"a": None}]
    with pytest.raises(TypeError, match="object"):
        plain(object())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_an_error_here_and_not_at_the_reader(value):
    with pytest.raises(ValueError, match="JSON"):
        dumps({"a": value})
