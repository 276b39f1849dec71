"""Names replaced by others, the same by the same, so that none of them can be told from its pseudonym.

A keyed hash (BLAKE2b) of the name: without the salt, trying all likely names does not help. Nothing has
to be remembered, so a recording with millions of names takes no memory.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection
from functools import lru_cache

_DIGEST_BYTES = 7  # 56 bits: among 10,000 names two alike come once in a billion recordings
_LENGTH = 11
_KEPT_GROUPS = frozenset(
    {b"system.slice", b"user.slice", b"machine.slice", b"init.scope", b"-.slice", b".", b"..", b""}
)
"""What systemd calls its own on every host."""

_UNIT_SUFFIXES = (
    b".service", b".scope", b".slice", b".socket", b".mount", b".swap", b".session",
)  # fmt: skip
_DELETED = b" (deleted)"


class Pseudonyms:
    """``keep`` names stay; ``salt`` makes the same pseudonyms in another recording."""

    __slots__ = ("_keep", "_key", "name")

    def __init__(self, *, salt: str | None = None, keep: Collection[str] = ()) -> None:
        text = secrets.token_bytes(32) if salt is None else salt.encode("utf-8", "surrogateescape")
        self._key = hashlib.blake2b(text, digest_size=32).digest()
        self._keep = frozenset(name.encode("utf-8", "surrogateescape") for name in keep)
        self.name = lru_cache(maxsize=4096)(self._name)

    def _name(self, name: bytes) -> bytes:
        """A pseudonym of 12 letters and digits, which is short enough for a process name.

        >>> names = Pseudonyms(salt="x", keep=("sshd",))
        >>> names.name(b"postgres") == names.name(b"postgres") != names.name(b"mysqld")
        True
        >>> len(names.name(b"postgres")), names.name(b"sshd"), names.name(b"")
        (12, b'sshd', b'')
        """
        if not name or name in self._keep:
            return name
        digest = hashlib.blake2b(name, digest_size=_DIGEST_BYTES, key=self._key).digest()
        return b"n" + base64.b32encode(digest)[:_LENGTH].lower()

    def group(self, component: bytes) -> bytes:
        """One directory of a control group's path; what kind of unit it is stays to be seen.

        >>> names = Pseudonyms(salt="x")
        >>> names.group(b"postgres.service") == names.name(b"postgres") + b".service"
        True
        >>> names.group(b"system.slice"), names.group(b"..")
        (b'system.slice', b'..')
        """
        if component in _KEPT_GROUPS or component in self._keep:
            return component
        if component.endswith(_DELETED):
            return self.group(component.removesuffix(_DELETED)) + _DELETED
        for suffix in _UNIT_SUFFIXES:
            if component.endswith(suffix):
                return self.name(component.removesuffix(suffix)) + suffix
        return self.name(component)

    def group_path(self, path: bytes) -> bytes:
        """``/system.slice/cron.service``, each directory for itself."""
        return b"/".join(map(self.group, path.split(b"/")))

    def uuid(self, text: bytes) -> bytes:
        """Another UUID for a boot, or whatever stands in its place."""
        digest = hashlib.blake2b(text, digest_size=16, key=self._key).hexdigest()
        parts = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:])
        return "-".join(parts).encode()
