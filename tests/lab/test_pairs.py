import pytest

from lab.pairs import KINDS, draw_pairs, main


@pytest.mark.parametrize("kind", list(KINDS))
def test_within_a_seed_only_the_setting_differs(kind):
    tables = draw_pairs(kind, 7)

    assert len(tables) >= 2
    processes = [table["process"] for table in tables.values()]
    kernels = {table["kernel"] for table in tables.values()}
    assert all(process == processes[0] for process in processes)
    assert len(kernels) == 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_seeds_go_through_all_kernels(kind):
    assert len({draw_pairs(kind, seed)["default" if "default" in draw_pairs(kind, seed) else "0"]["kernel"]
                for seed in range(4)}) == 4  # fmt: skip


def test_files_are_written_setting_by_setting_repeat_by_repeat(tmp_path, capsys):
    assert main([str(tmp_path), "--kind", "zone-reclaim", "--seed", "4", "--repeats", "2"]) == 0

    assert [line.rpartition("/")[2] for line in capsys.readouterr().out.split()] == [
        "pairs-zone-reclaim-004-0-r1.toml",
        "pairs-zone-reclaim-004-1-r1.toml",
        "pairs-zone-reclaim-004-0-r2.toml",
        "pairs-zone-reclaim-004-1-r2.toml",
    ]
