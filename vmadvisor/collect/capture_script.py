"""The shell script that takes two ticks of a host without Python: ``vmadvisor capture-script``."""

from importlib.resources import files

SCRIPT = (files(__package__) / "capture.sh").read_text(encoding="ascii")
"""POSIX sh; writes a tar archive to standard output, ``sh -s INTERVAL_SECONDS`` reads it from a pipe."""
