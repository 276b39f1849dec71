"""Several recordings at once, each in a process of its own, results in the order asked for.

Workers are forked before anything else of ours starts a thread, and before numpy is loaded.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from vmadvisor.errors import RootError, VmadvisorError

T = TypeVar("T")


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _attempt(function: Callable[[str], T], path: str) -> T | str:
    try:
        return function(path)
    except VmadvisorError as error:
        return str(error)


def each(function: Callable[[str], T], paths: Sequence[str], jobs: int) -> Iterator[T | str]:
    """``function`` of every path, or the sentence of the error with which it gave up.

    ``function`` must be importable (a ``partial`` of one will do). One job works in this process. The
    workers are at work when this returns. Raises ``RootError`` if one of them dies.
    """
    jobs = min(jobs, len(paths))
    if jobs <= 1:
        return (_attempt(function, path) for path in paths)
    pool = ProcessPoolExecutor(jobs, get_context("fork"), _leave_interrupts_to_the_parent)
    return _gathered(pool, [pool.submit(_attempt, function, path) for path in paths])


def _gathered(pool: ProcessPoolExecutor, futures: list[Future[T | str]]) -> Iterator[T | str]:
    futures.reverse()
    try:
        while futures:
            yield futures.pop().result()
    except BrokenProcessPool:
        raise RootError("a worker process died: try --jobs 1, or more memory") from None
    finally:
        pool.shutdown(cancel_futures=True)
