"""A trial's two halves: watched before the write, watched since, taken back; ended by time, harm or a signal.

Signals only note that they came: none interrupts the undo, however often Ctrl-C is pressed.
"""

import os
import select
import time
from collections.abc import Callable

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.recommendation import ADJ
from vmadvisor.advise.trial_outcome import (
    CHANGED,
    GONE,
    HARM,
    OVER,
    UNWATCHED,
    Outcome,
    TrialReport,
    full_high_ratio,
    outcome,
)
from vmadvisor.apply.second_net import undo_command
from vmadvisor.apply.setting_file import ApplyError
from vmadvisor.apply.trying import Trying
from vmadvisor.apply.watchdog import Watchdog
from vmadvisor.cli._trial_choice import Choice
from vmadvisor.collect import Request, take
from vmadvisor.collect.roots import LIVE, LiveRoot, Root, open_root
from vmadvisor.model.facts import VictimOrder, derive
from vmadvisor.model.outlook import outlook
from vmadvisor.model.reorder import rank_of
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.model.track import Track
from vmadvisor.model.trial_harm import (
    KILL_LIKELY,
    KILLED,
    OOM_HORIZON_S,
    STALLS,
    Harm,
    Step,
    harm_of,
    step_of,
    unseen,
)
from vmadvisor.recording.wake import Wake
from vmadvisor.records import replace

STEP_S = 1.0
LOOK_DEADLINE_S = 2.0
_REQUEST = Request(processes="none", cgroups=True, interval_s=0, deadline_s=LOOK_DEADLINE_S)


class Half:
    """What was seen in one half: every moment, and what each step showed."""

    def __init__(self) -> None:
        self.moments: list[Observed] = []
        self.steps: list[Step] = []


class Looker:
    """Looks at the host once a second; with a ``prefix`` that holds a tree of its own, at that."""

    def __init__(self, prefix: str = "") -> None:
        is_tree = bool(prefix) and os.path.exists(f"{prefix}/proc/vmstat")  # noqa: PTH110 - a string's end
        self._root: Root = open_root(prefix if is_tree else LIVE)
        self._track = Track()

    def look(self, half: Half) -> None:
        """Adds a moment to the half; nothing where the kernel's files could not be read."""
        moment = observed(take(self._root, _REQUEST)[1])
        if moment is None:
            return
        if not isinstance(self._root, LiveRoot):
            moment = replace(moment, sample=replace(moment.sample, time_s=time.monotonic()))
        self._track.add(moment.sample)
        if half.moments:
            told = outlook(self._track, (OOM_HORIZON_S,))
            half.steps.append(step_of(half.moments[-1].sample, moment.sample, told))
        half.moments.append(moment)


def run(
    choice: Choice,
    previous: str,
    *,
    baseline_s: float,
    seconds_s: float,
    watchdog: Watchdog,
    prefix: str,
    say: Callable[[str], None],
) -> TrialReport:
    """The whole of it. ``ApplyError`` where nothing could be written; then nothing is in force."""
    undo = [*undo_command(), *(["--prefix", prefix] if prefix else [])]
    trying = Trying(choice.target, watchdog, undo=undo, prefix=prefix)
    looker, before, since = Looker(prefix), Half(), Half()
    ranks: list[int | None] = [_rank(choice), None]
    harm: Harm | None = None
    with Wake() as wake:
        say(f"watching for {baseline_s:g} s as it is")
        ended = _watch(wake, baseline_s, lambda: _looked(looker, before))
        if ended == OVER:
            _say_unseen(before, say)
            try:
                written = trying.put(previous, seconds_s)
                say(f"{choice.target.key} was {previous} and is {written}, for {seconds_s:g} s")
                if written != choice.target.value:
                    say(f"the kernel made {written} of {choice.target.value}")
                high = full_high_ratio(choice.predicted)
                wake.watch(watchdog.fileno(), select.POLLIN | select.POLLHUP, lambda _: True)

                def judged() -> str | None:
                    nonlocal harm
                    came = _disturbed(trying, watchdog)
                    if came is not None:
                        return came
                    looker.look(since)
                    harm = harm_of(
                        before.steps,
                        since.steps,
                        high,
                        is_throttle=choice.target.is_throttle,
                    )
                    return None if harm is None else HARM

                ranks[1] = _rank(choice)
                ended = _watch(wake, seconds_s, judged)
            finally:
                back = trying.take_back()
        else:
            back = trying.take_back()
    return TrialReport(
        key=choice.target.key,
        rule_id=choice.rule_id,
        path=choice.target.file.path,
        previous=previous,
        value=choice.target.value,
        written=trying.written,
        seconds_s=seconds_s,
        ended=ended,
        harm=harm,
        taken_back=None if back is None else back.came,
        stands=None if back is None else back.now,
        no_timer=trying.no_timer,
        outcome=_outcome(choice, previous, before, since, ranks) if since.moments else None,
        remark=choice.target.remark,
    )


_UNSEEN = {
    KILLED: "OOM kills: this kernel does not count them (vmstat oom_kill, 4.13 and later)",
    KILL_LIKELY: "an OOM kill that is near: no forecast can be made here",
    STALLS: "stalls: this kernel gives no PSI (/proc/pressure/memory)",
}


def _say_unseen(before: Half, say: Callable[[str], None]) -> None:
    """What would not be known for harm; ``ApplyError`` where nothing would."""
    blind_to = unseen(before.steps)
    if len(blind_to) == len(_UNSEEN):
        raise ApplyError(
            "neither OOM kills, nor a forecast, nor stalls can be seen here, so nothing would tell harm: "
            "not tried; nothing was written"
        )
    for why in blind_to:
        say(f"harm that cannot be seen here: {_UNSEEN[why]}")


def _looked(looker: Looker, half: Half) -> None:
    looker.look(half)


def _watch(wake: Wake, seconds_s: float, step: Callable[[], str | None]) -> str:
    """Steps once a second until the time is over, a step says why to end, or a signal comes."""
    start_s = time.monotonic()
    end_s, next_s = start_s + seconds_s, start_s
    while wake.ended_by is None:
        came = step()
        if came is not None:
            return came
        now_s = time.monotonic()
        if now_s >= end_s:
            return OVER
        next_s = max(next_s + STEP_S, now_s)
        wake.wait(min(next_s, end_s))
        wake.take_request()
    return wake.ended_by


def _disturbed(trying: Trying, watchdog: Watchdog) -> str | None:
    """Whether somebody else set the value, the file is gone, or nobody would restore after a kill."""
    stands = trying.stands()
    if not watchdog.is_alive():
        return UNWATCHED
    if stands is None:
        return GONE
    return None if stands == trying.written else CHANGED


_ZONE_RECLAIM = "sysctl:vm.zone_reclaim_mode"


def _rank(choice: Choice) -> int | None:
    """Where the process under trial stands in the OOM killer's order; ``None`` for any other trial."""
    if not choice.target.key.startswith(ADJ):
        return None
    after = take(open_root(LIVE), Request(interval_s=0, processes="shortlist", cgroups=False))[1]
    order = derive(None, after).get(VictimOrder)
    pid = int(choice.target.key.removeprefix(ADJ))
    return None if order is None else rank_of(order.by_scope.get(HOST, ()), pid) or 0


def _outcome(
    choice: Choice, previous: str, before: Half, since: Half, ranks: list[int | None]
) -> Outcome:
    is_mode = choice.target.key == _ZONE_RECLAIM
    return outcome(
        before.moments,
        since.moments,
        choice.predicted,
        mode_before=int(previous) if is_mode else 0,
        mode_after=int(choice.target.value) if is_mode else 0,
        ranks=(ranks[0], ranks[1]),
    )
