"""Another program's output, piece by piece: no shell, a plain environment, a bounded time and memory.

Archives of other collectors are in forms that are their own programs' affair and change with them.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen

_WORDS_MAX_BYTES = 500
_PIECE_BYTES = 64 * 1024


class BoundedProgram:
    """One run. ``command`` starts with the program's name; ``package`` is told where it is missing.

    ``environment`` and PATH are all that it inherits, ``descriptors`` the only open files.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        package: str,
        environment: Mapping[str, str],
        within_s: float,
        memory_max_bytes: int,
        descriptors: Sequence[int] = (),
    ) -> None:
        self._command = command
        self._package = package
        self._environment = {**environment, "PATH": os.environ.get("PATH", os.defpath)}
        self._within_s = within_s
        self._memory_max_bytes = memory_max_bytes
        self._descriptors = tuple(descriptors)
        self.has_printed = False
        self.words = ""
        self._said = b""

    @property
    def _name(self) -> str:
        return self._command[0]

    def output(self) -> Iterator[bytes]:
        """What it prints; ``DamageError`` where it breaks off or takes too long, then ``words`` say why.

        Where it prints nothing and fails, ``words`` are its own; ``RootError`` where it cannot be run.
        """
        from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

        end_s = time.monotonic() + self._within_s
        try:
            process = Popen(  # noqa: S603 - a fixed program and our own words
                [*self._command], cwd="/", stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
                env=self._environment, pass_fds=self._descriptors,
                preexec_fn=self._limit,  # noqa: PLW1509 - no threads here
            )  # fmt: skip
            with process:
                try:
                    yield from self._pieces(process, end_s)
                    process.wait(max(end_s - time.monotonic(), 0.1))
                except TimeoutExpired:
                    raise DamageError(self._too_long()) from None
                finally:
                    process.kill()
            self.words = self._first_line()
            if process.returncode and self.has_printed:
                raise DamageError(self.words or f"{self._name} ended with {process.returncode}")
        except OSError as error:
            raise RootError(
                f"{self._name} reads such a file, and cannot be run: {reason_of(error)} "
                f"(package {self._package})"
            ) from None

    def _first_line(self) -> str:
        lines = self._said.decode("utf-8", "replace").splitlines()
        words = next((line.strip() for line in lines if line.strip()), "")
        for descriptor in self._descriptors:
            words = words.replace(f"/proc/self/fd/{descriptor}", "the file")
        words = words.removeprefix(f"{self._name}: ")
        return f"{self._name}: {words}" if words else ""

    def _too_long(self) -> str:
        return f"{self._name} did not end within {self._within_s:g} s"

    def _pieces(self, process: "Popen[bytes]", end_s: float) -> Iterator[bytes]:
        """Its output; of its other words the first are kept, however many it says."""
        import select

        output, words = (
            -1 if stream is None else stream.fileno() for stream in (process.stdout, process.stderr)
        )
        still_open = {output, words}
        while still_open:
            left_s = end_s - time.monotonic()
            ready = select.select([*still_open], [], [], left_s)[0] if left_s > 0 else []
            if not ready:
                raise DamageError(self._too_long())
            for descriptor in ready:
                piece = os.read(descriptor, _PIECE_BYTES)
                if not piece:
                    still_open.discard(descriptor)
                elif descriptor == words:
                    self._said = (self._said + piece)[:_WORDS_MAX_BYTES]
                else:
                    self.has_printed = self.has_printed or bool(piece.strip())
                    yield piece

    def _limit(self) -> None:
        """Between fork and exec: a hostile file costs no more than this."""
        import resource

        most = self._memory_max_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        seconds = max(int(self._within_s), 1)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
