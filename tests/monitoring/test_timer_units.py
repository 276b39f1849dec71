"""Units are what systemd takes and hold up to its own audit; odd paths stay one word."""

import re
import shlex
import shutil
import subprocess

import pytest

from vmadvisor.errors import RenderError
from vmadvisor.monitoring.jobs import JOBS
from vmadvisor.monitoring.timer_units import cron_table, service, timer, word

JOB = {job.name: job for job in JOBS}
EXPOSURE_MAX = 2.0
WANTED = {
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectProc=default", "ProcSubset=all",
    "CapabilityBoundingSet=", "MemoryMax=128M", "OOMScoreAdjust=-500", "MemoryDenyWriteExecute=yes",
}  # fmt: skip
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
ODD = ("/opt/my tools/v", "/opt/100%/v", "/opt/a;c", "/opt/$HOME/v", "/opt/#v", "/opt/$$%%n")
QUOTED = ('/opt/a"b', "/opt/a'b", "/opt/a\\b")


def analyze(*arguments, cwd):
    return subprocess.run(
        ["systemd-analyze", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_service_is_hardened_bounded_and_says_why(job):
    text = service(job, ["/usr/bin/vmadvisor"])

    assert set(text.splitlines()) >= WANTED
    assert f"ExecStart=/usr/bin/vmadvisor {' '.join(job.arguments)}\n" in text
    assert ("DynamicUser=yes" in text) == (job.name == "exporter")
    assert ("StateDirectory=vmadvisor" in text) == job.keeps_state


@needs_systemd
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_systemd_takes_the_units_and_rates_them_low(job, tmp_path):
    name = f"vmadvisor-{job.name}"
    (tmp_path / f"{name}.service").write_text(service(job, ["/bin/true"]))
    units = [f"./{name}.service"]
    if job.every_s is not None:
        (tmp_path / f"{name}.timer").write_text(timer(job, job.every_s))
        units.append(f"./{name}.timer")
    verified = analyze("verify", *units, cwd=tmp_path)
    audited = analyze("security", "--offline=true", units[0], cwd=tmp_path)

    assert (verified.returncode, verified.stderr) == (0, "")
    exposure = re.search(r"Overall exposure level for \S+: (\d+\.\d)", audited.stdout)
    assert float(exposure[1]) < EXPOSURE_MAX, audited.stdout


@needs_systemd
@pytest.mark.parametrize("name", ODD)
def test_systemd_finds_a_program_whatever_its_name_is(name, tmp_path):
    """verify says so where the program is not there: so the words came out as they were meant."""
    program = tmp_path / name.lstrip("/")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "x.service"
    unit.write_text(service(JOB["check"], [str(program)]))
    found = analyze("verify", "./x.service", cwd=tmp_path)
    program.unlink()
    gone = analyze("verify", "./x.service", cwd=tmp_path)

    assert (found.returncode, found.stderr) == (0, "")
    assert gone.returncode != 0
    assert "not executable" in gone.stderr or "No such file" in gone.stderr


@pytest.mark.parametrize("name", QUOTED)
def test_a_program_that_systemd_would_refuse_is_refused_with_the_reason(name):
    with pytest.raises(RenderError, match="quote or backslash"):
        service(JOB["check"], [name])


def test_quotes_per_cent_signs_and_dollars_of_an_argument_are_no_syntax():
    assert word("plain/path-1.prom") == "plain/path-1.prom"
    assert word('a"b\\c') == '"a\\"b\\\\c"'
    assert word("50% $x") == '"50%% $$x"'
    assert word("") == '""'


@pytest.mark.parametrize("text", ["a\nExecStart=/bin/sh", "a\x00", "a\x1b", "a\u2028b"])
def test_what_would_end_the_line_is_refused(text):
    with pytest.raises(RenderError):
        word(text)
    with pytest.raises(RenderError):
        cron_table(JOB["check"], [text], 60.0)


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("/usr/bin/v", "ProtectHome=yes"),
        ("/home/ann/.venv/bin/v", "ProtectHome=read-only"),
        ("/root/v", "ProtectHome=read-only"),
        ("/tmp/v", "PrivateTmp=no"),
        ("/usr/bin/v", "PrivateTmp=yes"),
    ],
)
def test_the_program_can_be_reached_from_within(program, line):
    assert line in service(JOB["check"], [program]).splitlines()


def test_the_directory_of_the_text_file_is_all_that_is_written_to_by_its_owner():
    text = service(JOB["textfile"], ["/usr/bin/v"], owner="prometheus", directory="/srv/a b")

    assert {"User=prometheus", 'ReadWritePaths="/srv/a b"'} <= set(text.splitlines())


@pytest.mark.parametrize(
    ("directory", "line"),
    [
        ("/tmp", "PrivateTmp=no"),
        ("/var/tmp/metrics", "PrivateTmp=no"),
        ("/home/ann/metrics", "ProtectHome=read-only"),
        ("/srv/metrics", "ProtectHome=yes"),
    ],
)  # fmt: skip
def test_the_text_file_appears_where_it_was_asked_for_and_not_in_a_private_tmp(directory, line):
    text = service(JOB["textfile"], ["/usr/bin/v"], owner="ann", directory=directory)

    assert line in text.splitlines()


def test_a_group_that_sees_hidden_processes_is_joined():
    assert "SupplementaryGroups=27\n" in service(JOB["check"], ["/usr/bin/v"], groups=["27"])


def test_verdicts_are_no_failures_of_the_unit():
    assert "SuccessExitStatus=1 2\n" in service(JOB["check"], ["/usr/bin/v"])


def test_a_timers_runs_are_spread():
    text = timer(JOB["check"], 300.0)

    assert "OnUnitActiveSec=300\n" in text
    assert "RandomizedDelaySec=30\n" in text


@needs_systemd
def test_a_timer_of_weeks_has_no_exponent_that_systemd_would_not_read(tmp_path):
    text = timer(JOB["check"], 1_728_000.0)
    (tmp_path / "v.timer").write_text(text)
    (tmp_path / "v.service").write_text(service(JOB["check"], ["/bin/true"]))

    assert "OnUnitActiveSec=1728000\n" in text
    assert "RandomizedDelaySec=172800\n" in text
    assert analyze("verify", "./v.timer", cwd=tmp_path).stderr == ""


@pytest.mark.parametrize(
    ("every_s", "schedule"),
    [(60.0, "* * * * *"), (300.0, "*/5 * * * *"), (3600.0, "0 * * * *"), (21_600.0, "0 */6 * * *"),
     (86_400.0, "0 0 * * *")],
)  # fmt: skip
def test_cron_has_the_same_times(every_s, schedule):
    table = cron_table(JOB["check"], ["/usr/bin/vmadvisor"], every_s)

    assert table.endswith(f"{schedule} root nice -n 5 /usr/bin/vmadvisor check --on-change\n")
    assert "MAILTO=root\n" in table


@pytest.mark.parametrize("every_s", [30.0, 90.0, 420.0, 3601.0, 3630.0, 18_000.0])
def test_times_that_cron_has_not_are_refused(every_s):
    with pytest.raises(RenderError):
        cron_table(JOB["check"], ["/usr/bin/v"], every_s)


@pytest.mark.parametrize("name", ODD + QUOTED)
def test_crons_shell_gets_the_same_words(name):
    command = cron_table(JOB["check"], [name], 300.0).splitlines()[-1].partition(" nice -n 5 ")[2]

    assert not re.search(r"(?<!\\)%", command)  # cron: a bare per cent sign is a line's end
    assert shlex.split(command.replace("\\%", "%")) == [name, "check", "--on-change"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@needs_systemd
def test_a_check_makes_no_system_call_that_its_unit_forbids(tmp_path):
    """A filter that forbids pipe2 would cost the control groups, and nobody would know why."""
    import sys

    trace = tmp_path / "trace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", trace, sys.executable, "-m", "vmadvisor", "check", "--interval", "0.1",
         "--on-change", "--state", str(tmp_path / "state.json"), "--deadline", "60"],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    made = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))
    allowed = syscalls("@system-service")
    denied = syscalls("@privileged") | syscalls("@resources")

    assert done.returncode in {0, 1, 2}
    assert {"pipe2", "rename"} <= made
    assert made - {"execve", "exit_group", "exit", "rt_sigreturn"} - allowed == set()
    # SQLite gives a new file the owner of the database, which it has already, and goes on where it may not.
    assert made & denied <= {"fchown"}


def syscalls(group):
    text = analyze("syscall-filter", group, cwd="/").stdout
    names = [
        line.strip()
        for line in text.splitlines()[1:]
        if line.strip() and not line.strip().startswith("#")
    ]
    found = {name for name in names if not name.startswith("@")}
    for name in names:
        if name.startswith("@"):
            found |= syscalls(name)
    return found
