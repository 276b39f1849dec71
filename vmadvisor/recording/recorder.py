"""The plain recorder: samples until it is told to stop, the disk is full, or the time is over."""

import time
from dataclasses import replace
from select import POLLIN

from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.recording.cost import Cost, Meter
from vmadvisor.recording.group_walker import GroupWalker
from vmadvisor.recording.meta import describe, summarize
from vmadvisor.recording.pace import Pace
from vmadvisor.recording.recording_file import RecordingFile
from vmadvisor.recording.rotation import Keep, prune, stamped
from vmadvisor.recording.sampler import Plan, Sampler
from vmadvisor.recording.wake import Wake

THOROUGH_MIN_S = 0.5
"""With ticks further apart than this, compressing them well takes 0.3 % of a CPU or less."""

_NO_ANSWER = "the disk has not answered for a minute"


def record(
    path: str,
    plan: Plan,
    keep: Keep,
    *,
    duration_s: float | None = None,
    tree: LiveTree | None = None,
) -> Cost:
    """Records this host; ``RecordingError`` where a file cannot be begun."""
    recorder = _Recorder(path, plan, keep, LiveTree() if tree is None else tree)
    try:
        with Wake() as wake:
            recorder.run(wake, duration_s)
        return recorder.end(wake.ended_by or "duration")
    finally:
        recorder.close()


class _Recorder:
    def __init__(self, path: str, plan: Plan, keep: Keep, tree: LiveTree) -> None:
        self._path = path
        self._plan = plan
        self._keep = keep
        self._tree = tree
        self._meter = Meter()
        self._groups = GroupWalker(tree) if plan.cgroups else None
        self._sampler = Sampler(tree, plan, self._groups)
        self._pace = Pace(plan.interval_s, now_s=time.monotonic())
        self._ended_bytes = 0
        self._paths: list[str] = []
        self._file: RecordingFile | None = None

    def run(self, wake: Wake, duration_s: float | None) -> None:
        """Until a signal, the end of the time, or trouble with the file."""
        end_s = time.monotonic() + duration_s if duration_s is not None else float("inf")
        if self._groups is not None:
            wake.watch(self._groups.fileno(), POLLIN, lambda _: self._gather(wake))
        while wake.ended_by is None and self._tick():
            next_s = self._pace.next_s(time.monotonic())
            while not wake.wait(min(next_s, end_s)) and wake.ended_by is None:
                wake.take_request()
            if next_s > end_s:
                return

    def end(self, ended_by: str) -> Cost:
        """Ends the file and says what it all cost; ``error`` where it ended before it should."""
        file = self._file
        if file is None:
            return self._cost(ended_by)
        why = file.error or ended_by
        is_ended = file.end(summarize(self._cost(why), self._sampler.gaps))
        error = file.error if is_ended else _NO_ANSWER
        if error is not None:
            how = "it breaks off after its last whole tick" if file.is_cut else "it is whole"
            error = f"{file.path}: {error}: the recording ends here, {how}"
        return replace(self._cost(why), error=error)

    def close(self) -> None:
        """Ends the child."""
        if self._groups is not None:
            self._groups.close()

    def _tick(self) -> bool:
        """One tick into the file that is due; false where the disk takes no more."""
        file = self._file_due()
        everything = file.wants_everything()
        ticks = self._sampler.sample(settings=everything, processes=everything)
        file.add(ticks, begins_frame=everything)
        self._meter.ticks_count += 1
        return file.error is None

    def _file_due(self) -> RecordingFile:
        file = self._file
        age_s = time.monotonic() - file.began_s if file is not None else 0.0
        if file is not None and self._keep.is_over(file.written_bytes, age_s):
            self._end_one(file)
            file = None
        if file is None:
            file = self._file = self._begin()
        return file

    def _begin(self) -> RecordingFile:
        path = self._path
        if self._keep.is_limited:
            prune(self._path, self._keep)
            path = stamped(self._path)
        is_thorough = self._plan.interval_s >= THOROUGH_MIN_S
        file = RecordingFile(path, describe(self._tree, self._plan), is_thorough=is_thorough)
        self._paths.append(path)
        return file

    def _end_one(self, file: RecordingFile) -> None:
        """The file is full, the recording goes on."""
        file.end(summarize(self._cost("rotation"), self._sampler.gaps))
        self._ended_bytes += file.written_bytes
        self._file = None

    def _gather(self, wake: Wake) -> bool:
        if self._groups is not None and not self._groups.gather():
            wake.forget(self._groups.fileno())
        return False

    def _cost(self, ended_by: str) -> Cost:
        written_bytes = self._file.written_bytes if self._file is not None else 0
        return self._meter.cost(
            child_cpu_s=self._groups.cpu_s if self._groups is not None else 0.0,
            missed_count=self._pace.missed_count,
            written_bytes=self._ended_bytes + written_bytes,
            paths=tuple(self._paths),
            ended_by=ended_by,
        )
