"""The distribution's cloud kernels, fetched with its own package tools and unpacked, never installed.

Each Debian release has one kernel: bullseye 5.10, bookworm 6.1, trixie 6.12, sid the newest. The mirror
and its keys are those of this machine's own apt configuration; lists and packages live in the cache.

    <cache>/kernels/6.1/{vmlinuz,release,modules/}
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.tools import FETCH_TOOLS, call, install_missing

SUITES = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie", "newest": "sid"}

_IMAGE = re.compile(r"linux-image-(\d+\.\d+)\.[^ ]*-cloud-amd64(?= )")
_PART = re.compile(r"linux-(?:binary|modules)-[^ ,]+-cloud-amd64")
_KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.gpg", "/etc/apt/trusted.gpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """An unpacked kernel; ``version`` is MAJOR.MINOR, ``release`` what uname -r will say."""

    version: str
    release: str
    directory: Path

    @property
    def image(self) -> Path:
        """The bootable image."""
        return self.directory / "vmlinuz"

    @property
    def modules(self) -> Path:
        """Where its modules lie."""
        return self.directory / "modules"


def installed(wanted: str, cache: Path) -> Kernel | None:
    """The kernel if it has been fetched; ``newest`` is whatever was the newest when it was."""
    directory = (cache / "kernels" / wanted).resolve()
    release = directory / "release"
    if not release.is_file():
        return None
    return Kernel(version=directory.name, release=release.read_text().strip(), directory=directory)


def ensure(wanted: str, cache: Path, *, refresh: bool = False) -> Kernel:
    """The kernel, fetched where it is not there yet; ``LabError`` where it cannot be had."""
    found = None if refresh else installed(wanted, cache)
    if found is not None:
        return found
    suite = SUITES.get(wanted)
    if suite is None:
        raise LabError(f"no release has kernel {wanted}: known are {', '.join(SUITES)}")
    install_missing(FETCH_TOOLS)
    with tempfile.TemporaryDirectory(prefix="vmadvisor-lab-") as work:
        return _fetch(wanted, suite, cache, Path(work))


def _fetch(wanted: str, suite: str, cache: Path, work: Path) -> Kernel:
    apt = _apt_options(suite, work)
    call("apt-get", *apt, "update", "-qq")
    image = _newest_image(call("apt-cache", *apt, "search", "^linux-image-[0-9].*-cloud-amd64$"))
    if image is None or (wanted not in {"newest", image[0]}):
        raise LabError(f"{suite} on this mirror has no cloud kernel {wanted}")
    version, package = image
    # From 7.0 on the image package is empty, and depends on one with the binary and one with the modules.
    depends = call("apt-cache", *apt, "show", package)
    packages = [package, *sorted(set(_PART.findall(depends)))]
    call("apt-get", *apt, "download", *packages, cwd=work)
    tree = work / "tree"
    for archive in sorted(work.glob("*.deb")):
        call("dpkg-deb", "-x", str(archive), str(tree))
    kernel = _place(tree, version, cache)
    if wanted == "newest":
        _link(cache / "kernels" / "newest", version)
    return kernel


def _apt_options(suite: str, work: Path) -> list[str]:
    """Points apt at one release of the configured mirror, and away from the system's own lists."""
    (work / "lists" / "partial").mkdir(parents=True)
    address, keyring = mirror()
    signed = f"[signed-by={keyring}] " if keyring else ""
    (work / "sources.list").write_text(f"deb {signed}{address} {suite} main\n")
    settings = {
        "Dir::Etc::sourcelist": str(work / "sources.list"),
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::Lists": str(work / "lists"),
        "Dir::Cache": str(work / "cache"),
        "Acquire::Languages": "none",
        "APT::Architecture": "amd64",
        "APT::Sandbox::User": "",  # a work directory of the user's own is closed to _apt
    }
    return [f"-o{name}={value}" for name, value in settings.items()]


def mirror() -> tuple[str, str | None]:
    """(the configured Debian mirror, a keyring for it)."""
    told = call(
        "apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"
    )
    for line in told.splitlines():
        address, _, component = line.partition(" ")
        if component == "main" and address.rstrip("/").endswith("/debian"):
            return address, next((ring for ring in _KEYRINGS if Path(ring).exists()), None)
    raise LabError("apt has no Debian mirror configured: the kernels are Debian's packages")


def _newest_image(listing: str) -> tuple[str, str] | None:
    """(version, package) of the newest image in what ``apt-cache search`` prints.

    >>> _newest_image("linux-image-6.1.0-9-cloud-amd64 - x\\nlinux-image-6.1.0-50-cloud-amd64 - y\\n")
    ('6.1', 'linux-image-6.1.0-50-cloud-amd64')
    """
    found = [(match[1], match[0]) for match in _IMAGE.finditer(listing)]
    return max(found, key=lambda image: _order(image[1]), default=None)


def _order(package: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", package)]


def _place(tree: Path, version: str, cache: Path) -> Kernel:
    images = [*tree.glob("boot/vmlinuz-*"), *tree.glob("usr/lib/modules/*/vmlinuz")]
    modules = [path for path in _module_directories(tree) if (path / "kernel").is_dir()]
    if not images or not modules:
        raise LabError(f"the packages of {version} hold no kernel where one is looked for")
    directory = cache / "kernels" / version
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shutil.copy(images[0], directory / "vmlinuz")
    shutil.copytree(modules[0], directory / "modules", symlinks=True)
    (directory / "release").write_text(f"{modules[0].name}\n")
    return Kernel(version=version, release=modules[0].name, directory=directory)


def _module_directories(tree: Path) -> Iterator[Path]:
    yield from tree.glob("lib/modules/*")
    yield from tree.glob("usr/lib/modules/*")


def _link(link: Path, target: str) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
