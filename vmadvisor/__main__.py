"""The way in. Exit codes: only ``check`` carries verdicts; whatever goes wrong anywhere is 3.

click's own 2 for a usage error and Python's own 1 for a crash would read as CRITICAL and WARNING.
"""

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    import click

FAILED = 3


CHECK = "check"


def main() -> None:
    """Runs the command line and exits; never returns."""
    started_s = time.monotonic()
    code = run(sys.argv[1:], started_s=started_s)
    if sys.argv[1:2] == [CHECK]:
        # All is said. Taking modules apart one by one would fetch back every page of them.
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str], *, started_s: float | None = None) -> int:
    """Runs one command; returns its exit code, having said on standard error what went wrong.

    ``started_s``: the program's first instruction, from which a plain ``check``'s deadline counts.
    """
    try:
        code = None if started_s is None else _check_in_time(arguments, started_s)
        if code is None:
            code = _dispatch(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)  # the reader left
        return FAILED
    except KeyboardInterrupt:
        return _say("interrupted")
    except OSError as error:
        _give_up(sys.stdout)
        return _say(f"cannot write the output: {error.strerror or error}")
    except MemoryError:
        return _say("out of memory")
    except Exception as error:  # noqa: BLE001 - the last resort: a crash must exit 3, not 1
        return _crash(error)
    return code


def _check_in_time(arguments: list[str], started_s: float) -> int | None:
    """``check`` of this host without click; ``None`` for all other command lines."""
    if arguments[:1] != [CHECK]:
        return None
    from vmadvisor.cli._check_options import plain_options

    options = plain_options(arguments[1:])
    if options is None:
        return None
    from vmadvisor.cli._in_time import check_in_time

    return check_in_time(options, started_s)


def _dispatch(arguments: list[str]) -> int:
    import click

    from vmadvisor.cli.group import cli
    from vmadvisor.errors import VmadvisorError

    try:
        result = cli.main(args=arguments, prog_name="vmadvisor", standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        return FAILED
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.Abort:
        return _say("aborted")
    except VmadvisorError as error:
        from vmadvisor.render.escape import terminal

        _say(terminal(str(error)))
        return error.exit_code
    except SystemExit as stop:
        # click's own, for a reader that left (1) or completion (0); verdicts are returned, not raised.
        return FAILED if stop.code else 0
    return result if isinstance(result, int) else 0


def _show(error: "click.ClickException") -> None:
    """As click does; it may quote a file or an argument that is not of the admin's making."""
    from io import StringIO

    from vmadvisor.render.escape import terminal

    text = StringIO()
    text.isatty = lambda: True  # type: ignore[method-assign] # else click drops what is to be seen
    error.show(text)
    if sys.stderr is not None:
        sys.stderr.writelines(
            "\t".join(map(terminal, line.split("\t"))) + "\n"
            for line in text.getvalue().removesuffix("\n").split("\n")
        )


def _say(sentence: str) -> int:
    try:
        if sys.stderr is not None:
            sys.stderr.write(f"vmadvisor: {sentence}\n")
    except OSError:  # nobody can be told; Python's own 1 would read as WARNING
        _give_up(sys.stderr)
    return FAILED


def _give_up(stream: "TextIO | None") -> None:
    """What Python would still flush at exit must not fail again, for then it exits 120."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _crash(error: Exception) -> int:
    from vmadvisor.errors import VmadvisorError

    if isinstance(error, VmadvisorError):  # of a plain check
        from vmadvisor.render.escape import terminal

        return _say(terminal(str(error)))
    from traceback import extract_tb

    frames = extract_tb(error.__traceback__)
    where = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""  # noqa: PTH119 - pathlib is not loaded at this point
    return _say(
        f"internal error: {type(error).__name__}: {str(error)[:200]!r}{where}; please report it"
    )


if __name__ == "__main__":
    main()
