import tomllib

import pytest

from lab.drawn import write_drawn
from lab.errors import LabError
from lab.families import FAMILIES, draw_one
from lab.scenario import load, scenario_of
from lab.toml_text import dump

STORY = """
family = "leak"
kernel = "6.1"
seconds = 25
lru_gen = "n"

[machine]
nodes_mib = [192, 320]
cpus_count = 3

[swap]
disk_mib = 129
disk_mib_per_s = 2.5

[files]
data = 33

[sysctl]
"vm.swappiness" = 17

[[cgroup]]
path = "batch/ctr"
memory_max_mib = 65
oom_group = true

[[process]]
name = "leaky"
oom_score_adj = -300
cgroup = "batch/ctr"
cpu = 2
steps = [{ do = "anon", mib = 600, mib_per_s = 8.5 }, { do = "read", file = "data", mib = 31 }]
"""


def story(change="", **replaced):
    text = STORY + change
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return scenario_of(tomllib.loads(text), where="story.toml")


def test_a_scenario_is_read_with_every_setting_in_its_place():
    scenario = story()

    assert scenario.machine.nodes_mib == (192, 320)
    assert scenario.machine.total_mib == 512
    assert scenario.swap.disk_mib_per_s == 2.5
    assert scenario.sysctl == {"vm.swappiness": "17"}
    assert scenario.cgroup[0].memory_max_mib == 65
    assert scenario.cgroup[0].memory_high_mib is None
    assert scenario.process[0].script().splitlines() == [
        "name leaky",
        "oom_score_adj -300",
        "cgroup batch/ctr",
        "cpu 2",
        "anon mib=600 mib_per_s=8.5",
        "read file=data mib=31",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kernel = "6.1"', 'kernel = "6.1.0"', "neither MAJOR.MINOR nor newest"),
        ("seconds = 25", "second = 25", "unknown key second"),
        ("seconds = 25", "", "seconds must be given"),
        ("seconds = 25", "seconds = 0", "must not be 0"),
        ("seconds = 25", "seconds = -25", "-25.0 is negative"),
        ("seconds = 25", "seconds = true", "expected float, found True"),
        ("disk_mib = 129", "disk_mib = 12.9", "expected int, found 12.9"),
        ("[192, 320]", "[1, 2, 3, 4, 5]", "more than 4 nodes"),
        ("cpus_count = 3", "cpus_count = 1", "each node needs a CPU"),
        ("vm.swappiness", "../../etc", "is no name"),
        ('path = "batch/ctr"', 'path = "../ctr"', "cgroup path"),
        ('cgroup = "batch/ctr"', 'cgroup = "other"', "no cgroup 'other' in the scenario"),
        ("leaky", "a-name-of-16-byt", "does not fit a comm"),
        ("-300", "-1001", "oom_score_adj -1001"),
        ("cpu = 2", "cpu = 3", "no cpu 3"),
        ('do = "anon"', 'do = "anom"', "is none of sleep, anon"),
        ("mib_per_s = 8.5", "rate = 8.5", "anon does not know rate"),
        ("mib = 600, ", "", "anon needs mib"),
        ("mib = 600", 'mib = "600"', "is no number from 0"),
        ('file = "data"', 'file = "/etc/passwd"', "is no plain name"),
        ("mib = 31", "mib = 34", "[files] does not hold that much"),
        ('do = "read", file = "data", mib = 31', 'do = "run", command = "true"', "disk.root = true"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_in_words(old, new, told):
    with pytest.raises(LabError) as error:
        story(**{old: new})

    assert str(error.value).startswith("story.toml: ")
    assert told in str(error.value)


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("family = ")

    for path in (bad, tmp_path / "none.toml"):
        with pytest.raises(LabError, match=path.name):
            load(path)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 8])
def test_every_family_draws_scenarios_that_survive_being_written_and_read(family, seed):
    table = draw_one(family, seed)

    assert tomllib.loads(dump(table)) == {key: value for key, value in table.items() if value != {}}
    assert scenario_of(table, where=family).family == family
    assert scenario_of(table, where=family).machine.total_mib <= 1536


def test_a_seed_gives_the_same_scenario_whatever_else_is_drawn(tmp_path):
    alone = write_drawn(tmp_path / "alone", seed=3, count=1, only=["leak"])
    among = write_drawn(tmp_path / "among", seed=1, count=4)
    other = write_drawn(tmp_path / "other", seed=4, count=1, only=["leak"])

    assert alone[0].name == "leak-003.toml"
    assert alone[0].read_text() == next(p for p in among if p.name == alone[0].name).read_text()
    assert alone[0].read_text() != other[0].read_text()


def test_an_unknown_family_is_refused(tmp_path):
    with pytest.raises(LabError, match="no family 'leek'"):
        write_drawn(tmp_path, seed=1, count=1, only=["leek"])


def test_twins_are_one_machine_and_differ_in_load_and_promise(tmp_path):
    paths = write_drawn(tmp_path, seed=1, count=30, only=["twins"])
    pairs = [[load(path) for path in paths[at : at + 2]] for at in range(0, len(paths), 2)]

    assert len(pairs) == 30
    assert len({well.family for well, _ in pairs}) == 7
    for well, sick in pairs:
        assert (well.kernel, well.machine, well.sysctl) == (sick.kernel, sick.machine, sick.sysctl)
        assert well.process != sick.process
        assert well.expect.kills_max == 0
        assert sick.expect.kills_max is None


def test_a_long_one_grows_as_slowly_as_it_is_long(tmp_path):
    short, long = draw_one("leak", 3), draw_one("leak", 3, seconds=900.0)
    path = write_drawn(tmp_path, seed=3, count=1, only=["leak"], seconds=900.0, interval_s=1.0)[0]

    rates = [table["process"][-1]["steps"][1]["mib_per_s"] for table in (short, long)]
    assert rates[0] / rates[1] == pytest.approx(15, rel=0.02)
    assert (load(path).seconds, load(path).interval_s) == (900.0, 1.0)
