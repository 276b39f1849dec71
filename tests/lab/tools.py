"""The programs that the lab calls, where its cache lies, and what is said when something is missing."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from lab.errors import LabError, MissingToolError

GUEST = Path(__file__).parent / "guest"

PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "zstd": "zstd",
    "mke2fs": "e2fsprogs",
    "gcc": "gcc",
    "dpkg-deb": "dpkg",
    "apt-get": "apt",
    "mmdebstrap": "mmdebstrap",
    "du": "coreutils",
}
"""Program -> the Debian package that has it."""

RUN_TOOLS = ("qemu-system-x86_64", "busybox", "zstd", "mke2fs", "gcc")
FETCH_TOOLS = ("apt-get", "dpkg-deb")


def default_cache() -> Path:
    """``~/.cache/vmadvisor-lab``, or what VMADVISOR_LAB_CACHE says."""
    named = os.environ.get("VMADVISOR_LAB_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "vmadvisor-lab"


def path_of(tool: str) -> str:
    """The program's path; sbin counts too. ``MissingToolError`` names the package."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")
    if found is None:
        raise MissingToolError(f"{tool} is missing: apt-get install {PACKAGES.get(tool, tool)}")
    return found


def missing(tools: tuple[str, ...] = RUN_TOOLS) -> list[str]:
    """The packages of the programs that are not there."""
    found = []
    for tool in tools:
        try:
            path_of(tool)
        except MissingToolError:
            found.append(PACKAGES.get(tool, tool))
    return found


def install_missing(tools: tuple[str, ...]) -> None:
    """Installs missing packages where this is root; else says which."""
    packages = missing(tools)
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise MissingToolError(f"as root: apt-get install {' '.join(packages)}")
    call("apt-get", "update", "-qq")
    call("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def call(tool: str, *arguments: str, cwd: Path | None = None) -> str:
    """The program's output; ``LabError`` with the end of its error output where it fails."""
    done = subprocess.run(
        [path_of(tool), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise LabError(f"{tool} {' '.join(arguments[:3])} …: {' | '.join(told) or done.returncode}")
    return done.stdout


def guest_program(name: str, cache: Path) -> Path:
    """``guest/<name>.c`` as a static program, built once for each text of it."""
    source = GUEST / f"{name}.c"
    program = cache / "programs" / f"{name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(".new")
        call("gcc", "-O2", "-s", "-static", "-o", str(unfinished), str(source), "-lm")
        unfinished.rename(program)
    return program
