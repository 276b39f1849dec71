"""Rules that the whole house keeps, checked for every module, also those not yet written."""

import ast
import importlib
import pkgutil
import types
from dataclasses import is_dataclass
from pathlib import Path
from typing import Union, get_args, get_origin, get_type_hints

import pytest

import vmadvisor
from vmadvisor import delay_scan, snapshot, sources, units, userspace_killers

PACKAGE = Path(vmadvisor.__file__).parent
PURE_ROOMS = ("sources", "kernel", "model", "advise")
PURE_FILES = sorted(
    [
        PACKAGE / name
        for name in (
            "snapshot.py",
            "delay_scan.py",
            "userspace_killers.py",
            "records.py",
            "units.py",
            "errors.py",
        )
    ]
    + [path for room in PURE_ROOMS for path in (PACKAGE / room).rglob("*.py")]
)
FORBIDDEN_CALLS = {"open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__"}


def _relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _records() -> list[type]:
    names = [f"{sources.__name__}.{info.name}" for info in pkgutil.iter_modules(sources.__path__)]
    modules = [importlib.import_module(name) for name in names]
    modules += [snapshot, delay_scan, userspace_killers]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__
    ]


def _is_number(hint: object) -> bool:
    if get_origin(hint) in {Union, types.UnionType}:
        return any(_is_number(part) for part in get_args(hint))
    return hint in {int, float}


@pytest.mark.parametrize("record", _records(), ids=lambda record: record.__qualname__)
def test_the_last_word_of_every_numbers_name_is_its_unit(record):
    numbers = [name for name, hint in get_type_hints(record).items() if _is_number(hint)]

    assert [name for name in numbers if name.rpartition("_")[2] not in units.SUFFIXES] == []


def test_the_unit_rule_looks_at_many_records_and_would_see_a_bad_name():
    assert len(_records()) > 30
    assert _is_number(int | None)
    assert not _is_number(bool | None)
    assert "free" not in units.SUFFIXES


@pytest.mark.parametrize("path", PURE_FILES, ids=_relative)
def test_a_pure_room_calls_nothing_that_reads_prints_or_evaluates(path):
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert calls & FORBIDDEN_CALLS == set()


@pytest.mark.parametrize("path", PURE_FILES, ids=_relative)
def test_every_public_record_is_frozen_slotted_and_keyword_only(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        for decorator in node.decorator_list:
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if not isinstance(name, ast.Name) or name.id != "dataclass":
                continue
            assert isinstance(decorator, ast.Call), node.name
            flags = {
                keyword.arg
                for keyword in decorator.keywords
                if ast.unparse(keyword.value) == "True"
            }
            assert flags >= {"frozen", "slots", "kw_only"}, node.name


WRITERS = {
    "apply/setting_file.py": "settings, and what delays switches",
    "apply/watchdog.py": "its own oom_score_adj",
    "history/place.py": "an empty history, for SQLite to fill",
    "recording/psi_trigger.py": "registers a trigger with PSI, which sets nothing",
    "recording/output_file.py": "a recording",
    "recording/group_walker.py": "/dev/null",
    "collect/forked.py": "/dev/null",
    "collect/pyz.py": "the file that was asked for",
    "collect/state_file.py": "files kept between runs",
    "cli/_write_file.py": "the report that was asked for",
    "cli/_write_plan.py": "the plan that was asked for",
    "cli/watch.py": "/dev/null",
    "__main__.py": "/dev/null",
}
"""Modules that open anything for writing. The kernel's files are for the room ``apply`` alone."""

_OPENS_TO_WRITE = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}
_WRITING_CALLS = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "TemporaryFile"}
_MODES = {"w", "wb", "a", "ab", "x", "xb", "r+", "r+b", "rb+", "w+", "wt", "at", "xt"}


def _opens_to_write(tree: ast.AST) -> bool:
    """``os.open`` with such a flag, ``open`` with such a mode, or a call that does it by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _OPENS_TO_WRITE | _WRITING_CALLS:
            return True
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in {"open", "fdopen"} and any(
            isinstance(value, ast.Constant) and value.value in _MODES for value in values
        ):
            return True
    return False


def test_nobody_opens_anything_for_writing_but_those_who_are_known_to():
    found = {
        _relative(path)
        for path in PACKAGE.rglob("*.py")
        if _opens_to_write(ast.parse(path.read_text()))
    }

    assert found == set(WRITERS)


@pytest.mark.parametrize(
    "code",
    [
        "os.open(p, os.O_RDWR)", "p.write_text('1')", "open(p, 'w')", "p.open(mode='ab')",
        "tempfile.mkstemp()", "os.fdopen(d, 'w')",
    ],
)  # fmt: skip
def test_the_rule_about_writing_would_see_it(code):
    assert _opens_to_write(ast.parse(code))
    assert not _opens_to_write(ast.parse("open(p, 'rb').read(); os.open(p, os.O_RDONLY)"))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=_relative)
def test_no_module_is_named_after_what_it_happens_to_be(path):
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}
