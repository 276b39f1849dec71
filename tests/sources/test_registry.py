"""Every module with a source is registered, once, and says what is lost without its file."""

import importlib
import pkgutil

import pytest

from vmadvisor import sources
from vmadvisor.sources import DEEP_SOURCES, SOURCES, DirectorySource, FileSource

REGISTERED = (*SOURCES, *DEEP_SOURCES)


def _written() -> dict[str, object]:
    return {
        f"{info.name}.{name}": value
        for info in pkgutil.iter_modules(sources.__path__)
        for name, value in vars(importlib.import_module(f"{sources.__name__}.{info.name}")).items()
        if isinstance(value, FileSource | DirectorySource)
    }


def test_every_source_in_a_module_is_registered_once():
    written = [id(source) for source in _written().values()]

    assert sorted(written) == sorted(id(source) for source in REGISTERED)


def test_the_registry_names_the_files_that_verdicts_need():
    paths = {source.path for source in SOURCES}

    assert {"proc/meminfo", "proc/zoneinfo", "proc/vmstat", "proc/pressure/memory"} <= paths


def test_what_is_dear_to_read_is_not_read_by_default():
    assert {source.path for source in DEEP_SOURCES} == {"proc/pagetypeinfo"}
    assert "proc/pagetypeinfo" not in {source.path for source in SOURCES}


def test_paths_and_records_are_unique():
    assert len({source.path for source in REGISTERED}) == len(REGISTERED)
    assert len({source.record for source in REGISTERED}) == len(REGISTERED)


@pytest.mark.parametrize("source", REGISTERED, ids=lambda source: source.path)
def test_every_source_says_in_one_line_what_cannot_be_told_without_it(source):
    assert 20 < len(source.cost) <= 100
    assert (
        source.cost[0].islower() or source.cost[:2].isupper()
    )  # the end of a sentence, or an acronym
    assert not source.cost.endswith(".")


@pytest.mark.parametrize("source", REGISTERED, ids=lambda source: source.path)
def test_paths_are_relative_to_the_root(source):
    assert source.path.startswith(("proc/", "sys/"))
    assert ".." not in source.path
    assert "*" not in source.path.rpartition("/")[0]
    if isinstance(source, FileSource):
        assert "*" not in source.path
    else:
        assert len(set(source.names)) == len(source.names) > 0


@pytest.mark.parametrize(
    "path",
    [
        "sys/kernel/mm/lru_gen",
        "sys/kernel/mm/transparent_hugepage",
        "sys/kernel/mm/hugepages/hugepages-*",
        "sys/devices/system/node/node*",
        "sys/block/zram*",
        "sys/module/zswap/parameters",
        "proc/spl/kstat/zfs/arcstats",
        "proc/pressure/cpu",
        "proc/pressure/io",
    ],
)
def test_what_a_sound_kernel_may_lack_is_optional(path):
    assert {source.path: source.optional for source in SOURCES}[path] is True


@pytest.mark.parametrize("path", ["proc/meminfo", "proc/buddyinfo", "proc/pressure/memory"])
def test_what_every_kernel_should_have_is_missed_when_absent(path):
    assert {source.path: source.optional for source in SOURCES}[path] is False
