"""earlyoom and systemd-oomd where they run: their settings, and what they would choose among. Live host only.

Found by the names in the process scan. earlyoom's arguments are taken from its defaults file, for reading a
process's command line may wait for its memory. What systemd-oomd watches ``oomctl`` tells.
"""

import os
import time

from vmadvisor.collect.forked import ForkedWalk
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.oomd_walk import candidates, groups_of
from vmadvisor.collect.tree import reason_of, text_of
from vmadvisor.errors import ParseError, RootError
from vmadvisor.snapshot import Gap, ProcessScan
from vmadvisor.sources import earlyoom_default, oomctl
from vmadvisor.sources.earlyoom_default import EarlyoomArgs
from vmadvisor.userspace_killers import OomdScan, UserspaceKillers

EARLYOOM, OOMD = "earlyoom", "systemd-oomd"
DEFAULTS = "etc/default/earlyoom"
OOMCTL = "oomctl"
_ANSWER_WITHIN_S = 3.0
_BETWEEN_S = 1.0
"""As far apart as the daemon looks at pressure (MEM_PRESSURE_INTERVAL_USEC)."""

_COST = "whom {} would take is not known"


def userspace_killers(
    scan: ProcessScan | None, tree: LiveTree | None = None
) -> tuple[UserspaceKillers, list[Gap]]:
    """What runs here, and what of it could not be had."""
    tree = LiveTree() if tree is None else tree
    names = {one.stat.comm for one in scan.details.values()} if scan is not None else set()
    gaps: list[Gap] = []
    earlyoom = _earlyoom(tree, gaps) if EARLYOOM in names else None
    oomd = _oomd(tree, gaps) if OOMD in names else None
    return UserspaceKillers(earlyoom=earlyoom, oomd=oomd), gaps


def _earlyoom(tree: LiveTree, gaps: list[Gap]) -> EarlyoomArgs | None:
    reason = None
    try:
        args = earlyoom_default.parse(text_of(tree.read(DEFAULTS)[0]))
    except (OSError, ParseError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
    else:
        if not args.ignores_root:
            return args
        reason = "--ignore-root-user: the owners of processes are not read"
    gaps.append(Gap(path=f"/{DEFAULTS}", reason=reason, cost=_COST.format(EARLYOOM)))
    return None


def _oomd(tree: LiveTree, gaps: list[Gap]) -> OomdScan | None:
    try:
        watched = oomctl.parse(_told_by_oomctl())
    except (RootError, ParseError) as error:
        gaps.append(Gap(path=OOMCTL, reason=str(error), cost=_COST.format(OOMD)))
        return None
    paths = (*watched.swap_paths, *watched.pressure_paths)
    before = groups_of(ForkedWalk(candidates(tree, paths)).finish(_ANSWER_WITHIN_S)[0])
    if watched.pressure_paths:
        time.sleep(_BETWEEN_S)
    events, unanswered_s = ForkedWalk(candidates(tree, paths)).finish(_ANSWER_WITHIN_S)
    if unanswered_s is not None:
        reason = f"did not answer within {unanswered_s:.2g} s"
        gaps.append(Gap(path="/sys/fs/cgroup", reason=reason, cost=_COST.format(OOMD)))
        return None
    return OomdScan(
        swap_paths=watched.swap_paths,
        pressure_paths=watched.pressure_paths,
        before=before,
        after=groups_of(events),
    )


def _told_by_oomctl() -> str:
    from subprocess import DEVNULL, PIPE, TimeoutExpired, run

    environment = {**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    try:
        done = run(  # noqa: S603 - a fixed command
            [OOMCTL], stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, timeout=_ANSWER_WITHIN_S,
            check=False, env=environment,
        )  # fmt: skip
    except OSError as error:
        raise RootError(reason_of(error)) from None
    except TimeoutExpired:
        raise RootError(f"did not answer within {_ANSWER_WITHIN_S:g} s") from None
    if done.returncode:
        raise RootError(f"ended with {done.returncode}")
    return text_of(done.stdout)
