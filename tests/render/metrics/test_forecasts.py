"""Probabilities with their intervals; what no recordings back is absent."""

from dataclasses import replace


def test_a_probability_has_event_scope_and_horizon_and_an_unbacked_one_is_absent(
    report, samples_of
):
    found = samples_of("vmadvisor_forecast_probability_ratio", report)

    assert found["direct_reclaim", "host", "10s"] == 0.97
    assert found["oom", "/web", "10s"] == 0.11
    assert found["oom_global", "host", "30s"] == 0.06
    assert ("oom_global", "host", "600s") not in found
    assert list(found)[-1] == ("oom", "/web", "10s")  # cgroups come after the host


def test_the_interval_stands_beside_it(report, samples_of):
    low = samples_of("vmadvisor_forecast_low_ratio", report)
    high = samples_of("vmadvisor_forecast_high_ratio", report)

    assert (low["oom", "host", "10s"], high["oom", "host", "10s"]) == (0.05, 0.31)


def test_times_are_quantiles_and_those_beyond_are_absent(report, samples_of):
    assert samples_of("vmadvisor_exhaustion_seconds", report) == {
        ("low mark", "host", "10"): 0.4,
        ("low mark", "host", "50"): 0.9,
        ("low mark", "host", "90"): 3.25,
        ("oom", "host", "10"): 41.0,
        ("oom", "host", "50"): 7_200.0,
    }
    assert samples_of("vmadvisor_exhaustion_extrapolated", report) == {
        ("low mark", "host"): 0.0,
        ("oom", "host"): 1.0,
    }


def test_the_expected_stall_and_a_refusal(report, samples_of):
    refused = replace(report, outlook=replace(report.outlook, refusal="one reading only"))

    assert samples_of("vmadvisor_forecast_full_stall_seconds", report) == {("10s",): 1.25}
    assert samples_of("vmadvisor_forecast_refused", report) == {(): 0.0}
    assert samples_of("vmadvisor_forecast_refused", refused) == {(): 1.0}
    assert samples_of("vmadvisor_forecast_refused", replace(report, outlook=None)) == {}


def test_the_calibration_in_force_has_its_date_and_its_worth(report, samples_of):
    assert samples_of("vmadvisor_calibration_own", report) == {(): 1.0}
    assert samples_of("vmadvisor_calibration_timestamp_seconds", report) == {(): 1_767_323_045.0}
    assert samples_of("vmadvisor_calibration_skill_ratio", report) == {("oom",): 0.125}


def test_without_one_its_date_is_absent(report, samples_of):
    shipped = replace(report, own_map=None)

    assert samples_of("vmadvisor_calibration_own", shipped) == {(): 0.0}
    assert samples_of("vmadvisor_calibration_timestamp_seconds", shipped) == {}
    assert samples_of("vmadvisor_calibration_skill_ratio", shipped) == {}
