"""Units are printed, or written over our own alone; nothing is enabled, the way back is told."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from vmadvisor.cli import install_timer
from vmadvisor.cli.install_timer import UNITS, command
from vmadvisor.monitoring.timer_units import MARK


@pytest.fixture(autouse=True)
def no_program_is_run(monkeypatch):
    """systemctl least of all."""
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program was started"))
    monkeypatch.setattr("os.system", lambda *_: pytest.fail("a program was started"))
    monkeypatch.setattr(sys, "argv", ["/usr/bin/vmadvisor"])


def invoked(*arguments, code=0):
    done = CliRunner().invoke(command, list(arguments))
    assert done.exit_code == code, done.output
    return done.output


def test_it_prints_a_service_and_its_timer():
    text = invoked()

    assert f"# {UNITS}/vmadvisor-check.service\n{MARK}" in text
    assert "ExecStart=/usr/bin/vmadvisor check --on-change\n" in text
    assert f"# {UNITS}/vmadvisor-check.timer\n{MARK}" in text
    assert "OnUnitActiveSec=300\n" in text


def test_cron_is_one_file():
    assert invoked("--cron", "--every", "10m").splitlines()[-1] == (
        "*/10 * * * * root nice -n 5 /usr/bin/vmadvisor check --on-change"
    )


def test_written_units_are_named_with_what_enables_them_and_what_undoes_it(tmp_path):
    text = invoked("--write", str(tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "vmadvisor-check.service", "vmadvisor-check.timer",
    ]  # fmt: skip
    assert f"written: {tmp_path}/vmadvisor-check.timer\n" in text
    assert f"enable:  cp {tmp_path}/vmadvisor-check.service " in text
    assert "systemctl enable --now vmadvisor-check.timer\n" in text
    assert "undo:    systemctl disable --now vmadvisor-check.timer; rm " in text


def test_at_their_own_place_nothing_needs_to_be_copied(tmp_path, monkeypatch):
    monkeypatch.setattr(install_timer, "UNITS", str(tmp_path))

    assert "cp " not in invoked("--write")
    assert (tmp_path / "vmadvisor-check.timer").exists()


def test_ours_are_written_again_and_others_left_alone(tmp_path):
    invoked("--write", str(tmp_path))
    invoked("--write", str(tmp_path), "--every", "90s")
    assert "OnUnitActiveSec=90\n" in (tmp_path / "vmadvisor-check.timer").read_text()
    other = tmp_path / "vmadvisor-check.service"
    other.write_text("[Service]\n")

    assert "left as it is" in invoked("--write", str(tmp_path), "--every", "60s", code=1)
    assert other.read_text() == "[Service]\n"
    assert "OnUnitActiveSec=90\n" in (tmp_path / "vmadvisor-check.timer").read_text()


def test_a_link_is_not_written_through(tmp_path):
    target = tmp_path / "target"
    target.write_text(MARK)
    (tmp_path / "vmadvisor-check.timer").symlink_to(target)

    invoked("--write", str(tmp_path), code=1)
    assert target.read_text() == MARK


def test_the_text_file_is_written_by_its_directorys_owner(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "owner", lambda _self: "prometheus")
    text = invoked("--job", "textfile", "--textfile", f"{tmp_path}/x.prom")

    assert "User=prometheus\n" in text
    assert f"ReadWritePaths={tmp_path}\n" in text
    assert f"textfile {tmp_path}/x.prom\n" in text
    assert "OnUnitActiveSec=60\n" in text


def test_a_directory_that_is_not_there_is_roots():
    assert "User=root\n" in invoked("--job", "textfile", "--textfile", "/nowhere/x.prom")


def test_the_exporter_stays_and_has_no_timer():
    text = invoked("--job", "exporter")

    assert "WantedBy=multi-user.target" in text
    assert "[Timer]" not in text
    assert "no timer" in invoked("--job", "exporter", "--every", "5m", code=2)
    assert "no timer" in invoked("--job", "exporter", "--cron", code=2)


@pytest.mark.parametrize("arguments", [["--every", "3s"], ["--every", "x"], ["--job", "textfile", "--textfile", "x.prom"],
                                       ["--job", "textfile", "--textfile", "/x.txt"]])  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(arguments):
    invoked(*arguments, code=2)


def test_jobs_are_commands_that_there_are():
    from vmadvisor.cli import COMMANDS

    assert {job.arguments[0] for job in install_timer._JOBS.values()} <= set(COMMANDS)
    assert {"check", "textfile", "exporter"} <= set(install_timer._JOBS)


@pytest.mark.parametrize(
    ("argv", "program"),
    [
        ("/usr/bin/vmadvisor", ["/usr/bin/vmadvisor"]),
        ("/srv/vmadvisor.pyz", [sys.executable, "/srv/vmadvisor.pyz"]),
        ("/usr/lib/python3/vmadvisor/__main__.py", [sys.executable, "-m", "vmadvisor"]),
    ],
)
def test_it_is_started_as_it_was_started_now(monkeypatch, argv, program):
    monkeypatch.setattr(sys, "argv", [argv])

    assert install_timer._program() == program
