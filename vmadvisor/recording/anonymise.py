"""A recording, or any captured tree, without its names: every member is rewritten, or left out.

What is not known to hold no names does not get through: members that no source, process scan or group
scan reads are left out and counted. What is torn stays torn: the copy of an archive that breaks off has
no end either.
"""

import json
import os
import time
from collections.abc import Mapping
from typing import IO

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.layout import seconds_of
from vmadvisor.collect.process_counts import counts_in, text_of
from vmadvisor.collect.tar_stream import Member, TarStream
from vmadvisor.collect.tree import READ_LIMIT_BYTES
from vmadvisor.collect.wanted import CGROUP_MOUNT, PROCESS_COUNTS_PATH, Kind, Wanted
from vmadvisor.errors import RecordingError, RootError
from vmadvisor.recording import rewrite, tar_member
from vmadvisor.recording.meta import END_NAME, META_NAME
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.pseudonyms import Pseudonyms
from vmadvisor.recording.recording_file import FRAME_MAX_BYTES
from vmadvisor.recording.zstd_frames import Frames
from vmadvisor.records import dataclass
from vmadvisor.sources import DEEP_SOURCES, SOURCES

_META_KEPT = frozenset({
    "format", "tool", "tool_version", "kernel", "arch", "page_size_bytes", "clock_hz", "cpus_count",
    "clock", "started_s", "started_utc", "processes", "cgroups", "interval_s", "event", "ring_s",
    "recorder_pid",
})  # fmt: skip
_END_KEPT = frozenset({
    "ended_by", "duration_s", "cpu_s", "ticks_count", "missed_count", "overtaken_count",
})  # fmt: skip
_V1_MOUNT = b"memory"
_KERNEL_PARENT = b"\nPPid:\t2\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``left_out`` names the first member left out; ``damage`` says where the source broke off.

    ``lost_bytes`` of the source are damaged before that, and were passed over; ``wrong_sums_count`` of its
    parts were copied though their checksums do not match.
    """

    members_count: int
    left_out_count: int
    left_out: str | None
    lost_bytes: int
    wrong_sums_count: int
    damage: str | None


def anonymise(source: IO[bytes], target: str, names: Pseudonyms) -> Outcome:
    """Writes ``target``; raises ``RootError`` or ``RecordingError``, and then leaves none behind."""
    tar = TarStream(Output(source))
    output = OutputFile(target)
    try:
        return _Copy(tar, output, names).run()
    except BaseException:
        os.unlink(target)  # noqa: PTH108 - as OutputFile made it
        raise
    finally:
        output.close()


class _Copy:
    def __init__(self, tar: TarStream, output: OutputFile, names: Pseudonyms) -> None:
        self._tar = tar
        self._output = output
        self._names = names
        self._wanted = Wanted(SOURCES + DEEP_SOURCES)
        self._frames = Frames()
        self._mtime_s = int(time.time())
        self._is_kernel_thread: dict[str, bool] = {}
        self._members_count = 0
        self._left_out_count = 0
        self._left_out: str | None = None
        self._lost_bytes = 0

    def run(self) -> Outcome:
        damage = self._copy()
        self._note_loss()
        if not self._tar.members_count:
            raise RootError("it is no tar archive, plain or compressed with gzip, xz or zstd")
        if not self._members_count:
            raise RootError("it holds no file below proc/ or sys/ that tells of memory")
        if damage is None and not self._tar.is_ended:
            damage = "it breaks off between two files"
        self._put(tar_member.END if damage is None else b"")
        self._write(self._frames.end())
        return Outcome(
            members_count=self._members_count,
            left_out_count=self._left_out_count,
            left_out=self._left_out,
            lost_bytes=self._lost_bytes,
            wrong_sums_count=self._tar.wrong_sums_count,
            damage=damage,
        )

    def _copy(self) -> str | None:
        """Returns what broke the source off, if anything did."""
        try:
            for member in self._tar:
                self._note_loss()
                self._take(member)
        except DamageError as damage:
            return str(damage)
        return None

    def _take(self, member: Member) -> None:
        if not member.is_file:
            return
        is_small = member.size_bytes <= READ_LIMIT_BYTES
        place = self._wanted.place(member.name) if is_small else None
        is_described = is_small and member.name in {META_NAME, END_NAME}
        if place is None and not is_described:
            self._left_out_count += 1
            self._left_out = self._left_out or member.name
            return
        data = self._tar.data()
        if data is None:
            return
        if place is None:
            text = _described(member.name, data, self._names)
            self._put(tar_member.member(member.name, text, mtime_s=self._mtime_s))
            return
        prefix, path, kind = place
        name, data = self._renamed(path, kind, data)
        self._put_member("/".join(filter(None, (self._prefix(prefix), name))), data)

    def _note_loss(self) -> None:
        """What is damaged stays damaged: a reader of the copy meets the loss where it was."""
        loss = self._tar.take_loss()
        if loss is not None:
            self._lost_bytes += loss.lost_bytes
            self._put(tar_member.LOSS)

    def _prefix(self, prefix: str) -> str:
        """Seconds stay; ``sosreport-db1`` does not."""
        parts = prefix.split("/")
        return "/".join(
            part if seconds_of(part) is not None else self._name(part) for part in parts
        )

    def _name(self, name: str) -> str:
        return _text(self._names.name(_bytes(name)))

    def _renamed(self, path: str, kind: Kind, data: bytes) -> tuple[str, bytes]:
        if path == PROCESS_COUNTS_PATH:
            counts = counts_in(data)
            return path, text_of(counts) if counts is not None else b""
        if kind == "process":
            return path, self._process(path, data)
        if kind == "cgroup":
            return self._group(path), data
        change = rewrite.OF_PATH.get(path) or rewrite.OF_NAME.get(path.rpartition("/")[2])
        return path, data if change is None else change(self._names, data)

    def _process(self, path: str, data: bytes) -> bytes:
        _, pid, name = path.split("/")
        change = rewrite.OF_PROCESS.get(name)
        if change is None:
            return data
        if name == "stat":
            self._is_kernel_thread[pid] = rewrite.is_kernel_thread(data)
        elif name == "status" and self._is_kernel_thread.get(pid, _looks_like_kernel_thread(data)):
            return data
        return change(self._names, data)

    def _group(self, path: str) -> str:
        """``sys/fs/cgroup/system.slice/db.service/memory.max``; v1 has its controller first."""
        group, _, name = _bytes(path.removeprefix(f"{CGROUP_MOUNT}/")).rpartition(b"/")
        first, slash, rest = group.partition(b"/")
        if first == _V1_MOUNT:
            group = first + slash + self._names.group_path(rest)
        else:
            group = self._names.group_path(group)
        return "/".join(filter(None, (CGROUP_MOUNT, _text(group), _text(name))))

    def _put_member(self, name: str, data: bytes) -> None:
        self._members_count += 1
        self._put(tar_member.member(name, data, mtime_s=self._mtime_s))

    def _put(self, data: bytes) -> None:
        if self._frames.plain_bytes >= FRAME_MAX_BYTES:
            self._write(self._frames.end())
        self._write(self._frames.add(data))

    def _write(self, piece: bytes) -> None:
        self._output.append(piece)
        if self._output.error is not None:
            raise RecordingError(f"cannot write {self._output.path}: {self._output.error}")


def _looks_like_kernel_thread(status: bytes) -> bool:
    """For a recording whose ``stat`` comes later: a child of kthreadd without memory, or itself."""
    if b"\nKthread:\t" in status:
        return b"\nKthread:\t1\n" in status
    return b"\nVmSize:" not in status and (_KERNEL_PARENT in status or b"\nPid:\t2\n" in status)


def _described(name: str, data: bytes, names: Pseudonyms) -> bytes:
    """Our own ``meta.json`` or ``end.json`` with what tells no name; another's is emptied."""
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        found = {}
    is_ours = name == END_NAME or found.get("tool") == "vmadvisor"
    kept = _META_KEPT if name == META_NAME else _END_KEPT
    told = {key: value for key, value in found.items() if is_ours and key in kept}
    if name == META_NAME and is_ours:
        told["host"] = _text(names.name(_bytes(str(found.get("host") or ""))))
        told["boot_id"] = _text(names.uuid(_bytes(str(found.get("boot_id") or ""))))
        told["anonymised"] = True
    return json.dumps(told, indent=1).encode() + b"\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
