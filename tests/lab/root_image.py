"""A minimal Debian with Python, as an ext4 image that guests run real programs in.

    <cache>/root/<packages' hash>.ext4

``run`` steps are shell commands in it. /proc, /sys, /dev and the data disk (/mnt) are the guest's own, and
/mnt holds vmadvisor of this checkout, as ``vmadvisor.pyz`` and as packages in ``site``: the tool under the
same pressure as everyone else (``guest/fire.c`` starts it there, ``fire`` reads what came of it).
"""

import hashlib
import importlib.util
import os
import tempfile
import zipfile
from pathlib import Path

from lab.disks import FEATURES
from lab.errors import LabError
from lab.kernels import mirror
from lab.tools import call, install_missing

SUITE = "bookworm"
PACKAGES = (
    "python3-minimal", "python3", "python3-zstandard", "procps", "zstd", "sqlite3", "stress-ng", "gcc",
    "libc6-dev",
)  # fmt: skip
PYZ = "vmadvisor.pyz"
SITE = "site"
_ROOM_MIB = 128


def ensure(cache: Path, *, rebuild: bool = False) -> Path:
    """The image; built where it is not there yet, which takes root and some minutes."""
    content = hashlib.sha256(" ".join((SUITE, *PACKAGES)).encode()).hexdigest()[:16]
    image = cache / "root" / f"{content}.ext4"
    if image.exists() and not rebuild:
        return image
    if os.geteuid() != 0:
        raise LabError("only root can build the root image: python tests/lab root")
    install_missing(("mmdebstrap", "mke2fs"))
    image.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vmadvisor-lab-") as work:
        _build(image, Path(work))
    return image


def _build(image: Path, work: Path) -> None:
    address, keyring = mirror()
    signed = f"[signed-by={keyring}] " if keyring else ""
    tree = work / "tree"
    call(
        "mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--format=directory",
        f"--include={','.join(PACKAGES)}", "--skip=cleanup/reproducible",
        "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        SUITE, str(tree), f"deb {signed}{address} {SUITE} main",
    )  # fmt: skip
    for part in ("proc", "sys", "dev", "mnt"):
        (tree / part).mkdir(exist_ok=True)
    # The guest is on no network: nothing of how the packages came here stays.
    (tree / "etc/apt/sources.list").write_text("")
    mib = int(call("du", "-sm", str(tree)).split()[0])
    unfinished = image.with_suffix(".new")
    with unfinished.open("wb") as file:
        file.truncate((mib + mib // 4 + _ROOM_MIB) << 20)
    call("mke2fs", "-q", "-F", "-t", "ext4", "-O", FEATURES, "-d", str(tree), str(unfinished))
    unfinished.rename(image)


def write_vmadvisor(target: Path) -> None:
    """This checkout's vmadvisor, as one file and unpacked; its two libraries must be importable here."""
    from vmadvisor.collect.pyz import build

    try:
        build(target / PYZ)
    except ImportError as error:
        raise LabError(f"vmadvisor.pyz needs click and rich beside this Python: {error}") from None
    with zipfile.ZipFile(target / PYZ) as archive:
        archive.extractall(target / SITE)
    # As pip leaves them: compiled where this Python and the image's are of one version.
    for compiled in list((target / SITE).rglob("*.pyc")):
        cached = Path(importlib.util.cache_from_source(str(compiled.with_suffix(".py"))))
        cached.parent.mkdir(exist_ok=True)
        compiled.rename(cached)
