"""A path says whose the group is, as far as its names follow systemd's and the runtimes' habits."""

import pytest

from vmadvisor.model.unit_names import is_system_service, runtime_of, template_of, unit_of

LONG = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/system.slice/cron.service", "cron.service"),
        ("/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service"),
        ("/user.slice/user-7.slice/user@7.service/app.slice/app-x.scope", "app-x.scope"),
        ("/init.scope", "init.scope"),
        ("/system.slice", None),
        ("/", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_the_innermost_unit_is_meant(path, unit):
    assert unit_of(path) == unit


@pytest.mark.parametrize(
    ("path", "runtime"),
    [
        (f"/docker/{LONG}", "docker"),
        (f"/system.slice/docker-{LONG}.scope", "docker"),
        ("/system.slice/docker.service", None),
        ("/system.slice/containerd.service", None),
        (f"/kubepods.slice/kubepods-burstable.slice/cri-containerd-{LONG}.scope", "kubernetes"),
        (f"/machine.slice/libpod-{LONG}.scope", "podman"),
        ("/lxc.payload.web1", "lxc"),
        ("/machine.slice/machine-qemu1.scope", "machine"),
        ("/system.slice/web.service", None),
        (None, None),
    ],
)
def test_a_container_is_told_by_its_runtimes_naming(path, runtime):
    assert runtime_of(path) == runtime


def test_only_the_systems_own_services_are_system_services():
    assert is_system_service("/system.slice/web.service")
    assert not is_system_service("/user.slice/user-7.slice/user@7.service/app.slice/a.service")
    assert not is_system_service(f"/system.slice/docker-{LONG}.scope")
    assert not is_system_service("/system.slice")


def test_an_instance_stands_for_its_template():
    assert template_of("postgresql@15-main.service") == "postgresql@.service"
    assert template_of("cron.service") == "cron.service"
