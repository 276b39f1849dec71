import gzip
import io
import os
import threading

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.collect.roots import ArchiveRoot, DirectoryRoot, LiveRoot
from vmadvisor.errors import RootError
from vmadvisor.sources.meminfo import Meminfo


@pytest.mark.parametrize("text", ["/", "//", "/.", "/usr/.."])
def test_every_way_to_write_the_root_directory_is_the_live_host(text):
    assert isinstance(open_root(text, stdin=None), LiveRoot)


@pytest.mark.parametrize("text", ["", "no/such/place", "/no/such/place"])
def test_a_place_that_is_not_there_is_an_error_in_words(text):
    with pytest.raises(RootError, match="no such file or directory"):
        open_root(text, stdin=None)


def test_a_dash_is_standard_input(tar_of, host):
    root = open_root("-", stdin=io.BytesIO(gzip.compress(tar_of(host))))

    assert take(root, Request())[1].get(Meminfo).mem_total_kib == 8045220


def test_a_dash_without_standard_input_is_an_error():
    with pytest.raises(RootError, match="standard input is closed"):
        open_root("-", stdin=None)


@pytest.mark.parametrize("name", ["host.tar", "host.zst", "host"])
def test_an_archives_name_means_nothing(tmp_path, tar_of, host, name):
    (tmp_path / name).write_bytes(gzip.compress(tar_of(host)))
    root = open_root(str(tmp_path / name), stdin=None)

    assert isinstance(root, ArchiveRoot)
    assert take(root, Request())[1].get(Meminfo).mem_total_kib == 8045220


def test_a_fifo_is_read_like_an_archive(tmp_path, tar_of, host):
    """What the shell's ``<(...)`` gives."""
    os.mkfifo(tmp_path / "pipe")
    data = tar_of(host)
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    _, after = take(open_root(str(tmp_path / "pipe"), stdin=None), Request())
    writer.join()

    assert after.get(Meminfo).mem_total_kib == 8045220


def test_an_error_names_the_root(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")

    with pytest.raises(RootError, match=r"notes\.txt: it is no tar archive"):
        take(open_root(str(tmp_path / "notes.txt"), stdin=None), Request())
    with pytest.raises(RootError, match="standard input: it is no tar archive"):
        take(open_root("-", stdin=io.BytesIO(b"hello")), Request())


def test_a_directory_with_nothing_in_it_is_an_error(tmp_path):
    with pytest.raises(RootError, match="neither proc nor sys is there"):
        take(open_root(str(tmp_path), stdin=None), Request())


def test_a_directory_that_is_gone_is_an_error(tmp_path):
    root = open_root(str(tmp_path), stdin=None)
    assert isinstance(root, DirectoryRoot)
    tmp_path.rmdir()

    with pytest.raises(RootError, match="no such file"):
        take(root, Request())


def test_only_a_recording_has_moments_to_choose(tmp_path, write_tree, host):
    write_tree(tmp_path, host)
    for text in (str(tmp_path), "/"):
        with pytest.raises(RootError, match=r"one moment|no past"):
            take(open_root(text, stdin=None), Request(at_s=3.0))
