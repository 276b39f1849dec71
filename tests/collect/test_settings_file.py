"""A file that need not be there may be missing; any other trouble is said with its name."""

import os

import pytest

from vmadvisor.collect.settings_file import SIZE_MAX_BYTES, read_settings
from vmadvisor.errors import SettingsError


def test_a_missing_file_is_none_where_it_is_optional_and_an_error_where_it_was_named(tmp_path):
    path = str(tmp_path / "no.toml")

    assert read_settings(path, is_optional=True) is None
    assert read_settings(f"{path}/below", is_optional=True) is None
    with pytest.raises(SettingsError, match="no such file"):
        read_settings(path, is_optional=False)


def test_the_text_is_read_whole(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("[targets]\n# é\n", encoding="utf-8")

    assert read_settings(str(path), is_optional=True) == "[targets]\n# é\n"


def test_what_is_no_small_text_is_refused(tmp_path):
    large, latin, fifo = tmp_path / "large", tmp_path / "latin", tmp_path / "fifo"
    large.write_text("#" * (SIZE_MAX_BYTES + 1))
    latin.write_bytes(b"a = 1\nb = '\xe9'\n")
    os.mkfifo(fifo)

    for path, message in ((large, "larger than 16 KiB"), (latin, "line 2: not UTF-8"),
                          (fifo, "not a regular file"), (tmp_path, "not a regular file")):  # fmt: skip
        with pytest.raises(SettingsError, match=message):
            read_settings(str(path), is_optional=True)
