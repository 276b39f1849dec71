"""What can befall a recording, through ``check --root``: what is left is judged, what is lost is said.

Exit 3 only where nothing could be read; any other code is the verdict on what was left.
"""

import gzip
import io
import json
import random
import tarfile

import pytest
import zstandard

from vmadvisor.__main__ import run
from vmadvisor.recording import tar_member
from vmadvisor.recording.zstd_frames import Frames

MEMINFO = (
    "MemTotal:        8045220 kB\nMemFree:         {} kB\nMemAvailable:    5000111 kB\n"
    "SwapTotal:       1000000 kB\nSwapFree:         900000 kB\n"
)
VMSTAT = "nr_free_pages 366632\npgscan_direct 3\nallocstall_normal {}\noom_kill 0\n"
UNREADABLE = 3


def tick(time_s, *, stalls=5, noise=0):
    files = {
        "proc/meminfo": MEMINFO.format(1_466_528 + stalls),
        "proc/vmstat": VMSTAT.format(stalls),
        "proc/version": "Linux version 6.12.94 (builder@host) #1\n",
        "proc/uptime": f"{time_s:.2f} 9.5\n",
    }
    made = b"".join(
        tar_member.member(f"{time_s:.6f}/{path}", text.encode(), mtime_s=7)
        for path, text in files.items()
    )
    more = random.Random(time_s).randbytes(noise)
    return made + (tar_member.member(f"{time_s:.6f}/noise", more, mtime_s=7) if noise else b"")


def frame(*ticks, end=False):
    """One frame as the recorder writes it, each tick flushed."""
    frames = Frames()
    pieces = [frames.add(one) + frames.flush() for one in ticks]
    return b"".join([*pieces, frames.add(tar_member.END) if end else b"", frames.end()])


@pytest.fixture
def check(tmp_path, capsys):
    """(exit code, report or message) of a recording of these bytes."""

    def run_check(data, *options):
        path = tmp_path / "host.tar.zst"
        path.write_bytes(data)
        code = run(["check", "--root", str(path), "--format", "json", *options])
        said = capsys.readouterr()
        if code != UNREADABLE:
            return code, json.loads(said.out)
        return code, said.err.removeprefix(f"vmadvisor: {path}: ").strip()

    return run_check


def losses(report):
    return [gap["reason"] for gap in report["gaps"] if gap["path"] == "/"]


def at_s(report):
    return report["snapshot_time_s"]


HOUR = [tick(10.0 + i, stalls=5 + i, noise=300) for i in range(9)]


def test_a_torn_one_is_judged_at_its_last_flushed_tick(check):
    whole = frame(*HOUR[:5])
    torn = frame(*HOUR[:5], HOUR[5])[: len(whole) + 40]

    code, report = check(torn)

    assert (code, at_s(report)) == (0, 14.0)
    assert losses(report) == ["the archive ends early: it breaks off within a zstd block"]


def test_one_cut_between_two_ticks_says_that_its_end_is_not_there(check):
    code, report = check(frame(*HOUR[:5]))

    assert (code, at_s(report)) == (0, 14.0)
    assert losses(report) == ["the archive ends early: it breaks off between two files"]


@pytest.mark.parametrize("length", [0, 3, 7, 40])
def test_one_cut_before_its_first_tick_is_refused(check, length):
    code, message = check(frame(*HOUR)[:length])

    assert code == UNREADABLE
    assert message == "it is no tar archive, plain or compressed with gzip, xz or zstd"


def test_a_damaged_block_costs_the_rest_of_its_frame(check):
    frames = [bytearray(frame(*HOUR[:3])), bytearray(frame(*HOUR[3:6])), frame(*HOUR[6:], end=True)]
    frames[1][6] |= 0x06  # there is no block of this kind

    code, report = check(b"".join(frames))

    assert (code, at_s(report)) == (0, 18.0)
    (loss,) = losses(report)
    assert loss.startswith("the archive is damaged between 12.0 s and 16.0 s: ")
    assert loss.endswith(" bytes passed over")
    _, before = check(b"".join(frames), "--at", "15")
    assert at_s(before) == 12.0


def test_a_flipped_bit_that_can_be_decompressed_is_told_by_the_checksum(check):
    """A digit may be another one, and no reader could know which."""
    frames = [bytearray(frame(*HOUR[:6])), frame(*HOUR[6:], end=True)]
    frames[0][400] ^= 0x08

    code, report = check(b"".join(frames))

    assert (code, at_s(report)) == (0, 18.0)
    assert losses(report)[-1] == "1 parts of the archive do not match their checksums"


def test_a_flipped_bit_of_a_plain_tar_costs_one_file(check):
    data = bytearray(b"".join([*HOUR[:4], tar_member.END]))
    data[data.index(b"proc/meminfo", len(HOUR[0]) * 2)] ^= 0x10

    code, report = check(bytes(data))

    assert (code, at_s(report)) == (0, 13.0)
    (loss,) = losses(report)
    assert "no tar header where one should be: 1024 bytes passed over" in loss


def test_ticks_in_any_order_are_put_in_theirs(check):
    shuffled = [HOUR[i] for i in (4, 0, 7, 2, 8, 1, 3, 6, 5)]

    _, ordered = check(frame(*HOUR, end=True))
    code, report = check(frame(*shuffled, end=True))

    assert (code, at_s(report)) == (0, 18.0)
    assert {**report, "time_utc": ""} == {**ordered, "time_utc": ""}


def test_a_clock_that_jumps_back_makes_no_rate_of_it(check):
    """Two boots in one file: the counters start anew, and no rate is negative or enormous."""
    again = [tick(3.0 + i, stalls=1 + i) for i in range(4)]

    code, report = check(frame(*HOUR, *again, end=True))

    assert code == 0
    assert at_s(report) == 18.0
    assert report["reclaim_activity"]["allocstall_per_s"] == pytest.approx(1.0)
    _, early = check(frame(*HOUR, *again, end=True), "--at", "5.5")
    assert early["reclaim_activity"]["allocstall_per_s"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is no tar archive"),
        (b"hello", "it is no tar archive"),
        (b"\x7fELF" + bytes(range(256)) * 40, "it is no tar archive"),
        (bytes(100_000), "it is no tar archive"),
        (zstandard.compress(b""), "it is no tar archive"),
        (zstandard.compress(b"{}\n" * 700), "it is no tar archive"),
        (gzip.compress(tar_member.END), "it is no tar archive"),
        (
            zstandard.compress(tar_member.member("etc/hosts", b"x", mtime_s=7) + tar_member.END),
            "it holds no file below proc/ or sys/ that tells of memory",
        ),
    ],
    ids=["empty", "text", "program", "zeros", "empty frame", "json", "empty tar", "other tar"],
)
def test_what_is_no_recording_is_refused_in_words(check, data, words):
    code, message = check(data)

    assert code == UNREADABLE
    assert message.startswith(words)


def member_of_size(name, size_bytes):
    info = tarfile.TarInfo(name)
    info.size = size_bytes
    return info.tobuf(tarfile.GNU_FORMAT)


def packed(pieces):
    packer = zstandard.ZstdCompressor().compressobj()
    out = io.BytesIO()
    for piece in pieces:
        out.write(packer.compress(piece))
    out.write(packer.flush())
    return out.getvalue()


@pytest.mark.parametrize("name", ["11.5/proc/vmstat", "11.5/etc/large"])
def test_a_bomb_is_left_where_it_goes_off(check, name):
    """100 kB that stand for terabytes."""
    bomb = packed([*HOUR[:2], member_of_size(name, 2**41), *[bytes(2**20)] * 300])

    code, report = check(bomb)

    assert (code, at_s(report)) == (0, 11.0)
    assert losses(report)[-1] == (
        "the archive ends early: it expands more than 1000:1, which no recording does"
    )


def test_a_bomb_and_nothing_else_is_refused(check):
    code, message = check(packed([member_of_size("etc/large", 2**41), *[bytes(2**20)] * 300]))

    assert code == UNREADABLE
    assert message == (
        "nothing of use is in it, and it ends early: "
        "it expands more than 1000:1, which no recording does"
    )


def test_a_member_without_an_end_is_no_member(check):
    code, report = check(
        b"".join(HOUR[:2]) + member_of_size("12.5/proc/vmstat", 2**60) + b"x" * 900
    )

    assert (code, at_s(report)) == (0, 11.0)
    assert "the archive ends early: it breaks off within a file" in losses(report)
    assert "/proc/vmstat" in {gap["path"] for gap in report["gaps"]}


def test_tens_of_thousands_of_ticks_are_read_to_their_end(check):
    one = tick(10.0)
    many = packed(
        [
            b"".join(_renamed(one, f"{k}.5") for k in range(n, n + 250))
            for n in range(0, 25_000, 250)
        ]
        + [tar_member.END]
    )

    code, report = check(many)

    assert (code, at_s(report), losses(report)) == (0, 24_999.5, [])


def _renamed(made, seconds):
    """The tick's members under another time; four of them, of 1024 bytes each."""
    names = ("proc/meminfo", "proc/vmstat", "proc/version", "proc/uptime")
    return b"".join(
        tar_member.member(
            f"{seconds}/{name}", made[start + 512 : start + 600].rstrip(b"\0"), mtime_s=7
        )
        for name, start in zip(names, range(0, 4096, 1024), strict=True)
    )


def test_more_than_memory_should_hold_is_refused(check, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.budget.KEPT_MAX_BYTES", 100_000)
    many = [
        tar_member.member(f"5.5/proc/{pid}/statm", b"9 8 7\n", mtime_s=7) for pid in range(1, 999)
    ]

    code, message = check(packed(many))

    assert code == UNREADABLE
    assert message == "more than 0 MiB of the archive are of use"
