"""A stored calibration as the forecast, the simulation and a stranger's host meet it."""

from dataclasses import replace

from vmadvisor.model.calibration.host_identity import HostIdentity


def test_only_events_that_did_better_are_in_the_map(calibration):
    own = calibration.own_map()

    assert set(own.events) == {"memory_stall"}
    assert own.joined("memory_stall", 0.1, 1.2, 0.75) == (0.91 + 0.78 * 0.1, 0.78 * 1.2, 0.73)
    assert own.joined("oom_global", 0.1, 1.2, 0.75) == (0.1, 1.2, 0.75)


def test_its_parameters_take_the_place_of_the_usual_ones(calibration):
    physics = calibration.own_physics()

    assert (physics.kswapd_pages_per_s, physics.stall_batch_pages) == (220_760.0, 97.0)
    assert physics.burst_pages_per_s == 40_000.0


def test_it_serves_its_own_host_and_model_alone(calibration):
    assert calibration.unfit_for(HostIdentity(hostname="db1")) is None
    assert calibration.unfit_for(HostIdentity(hostname="db9")) == (
        "it is of another host: its hostname is db1, here db9"
    )
    assert (
        replace(calibration, model_id="0123abcd")
        .unfit_for(HostIdentity())
        .startswith("it was fitted for another model (0123abcd, this is ")
    )
