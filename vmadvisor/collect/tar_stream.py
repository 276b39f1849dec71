r"""Members of a tar archive, read once from front to back: ustar, GNU and pax (POSIX.1-2001).

    header, 512 bytes; data, padded to 512 bytes; two blocks of zeros end the archive

Not the standard library's ``tarfile``: it loads long-name headers and sparse maps of any size into
memory, raises whatever a torn header makes it raise, does not tell an archive that ends from one
that breaks off, stops at the first damage, and takes five times as long for the tens of thousands of
small members of a recording. Here a header costs at most ``LONG_HEADER_MAX_BYTES``, what is no plain
file is passed over, and damage costs what lies between it and the next header.
"""

from collections.abc import Iterator
from typing import NamedTuple

from vmadvisor.collect.damage import DamageError, Loss
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tar_header import BLOCK_BYTES, SPARSE, Header, decimal, header_of, pax_of
from vmadvisor.collect.tar_search import HeaderSearch

MEMBERS_MAX_COUNT = 5_000_000
LOSSES_MAX_COUNT = 1000
LONG_HEADER_MAX_BYTES = 2**20
NAME_MAX_BYTES = 4096

_ZEROS = bytes(BLOCK_BYTES)
_FILES = frozenset(b"0\x007")
_WITHOUT_DATA = frozenset(b"123456")  # links, devices, directories, FIFOs
_PAX, _PAX_GLOBAL, _GNU_NAME, _GNU_SPARSE = b"xgLS"


class Member(NamedTuple):
    """A member's name as stored; ``is_file`` is false for links, devices, FIFOs, sparse files."""

    name: str
    size_bytes: int
    is_file: bool


class TarStream:
    """Iterate, and call ``data`` for the members whose bytes are wanted.

    ``take_loss``, asked at a member, tells what had to be passed over before it.
    ``is_ended`` tells whether the end mark was seen: without it the archive broke off, be it
    between two members.
    """

    __slots__ = ("_damage", "_left_bytes", "_loss", "_losses_count", "_output", "_padding_bytes",
                 "_search", "is_ended", "members_count")  # fmt: skip

    def __init__(self, output: Output) -> None:
        self._output = output
        self._search = HeaderSearch(output)
        self._left_bytes = 0
        self._padding_bytes = 0
        self._damage: DamageError | None = None
        self._loss: Loss | None = None
        self._losses_count = 0
        self.is_ended = False
        self.members_count = 0

    @property
    def wrong_sums_count(self) -> int:
        """Compressed parts so far whose checksum does not match."""
        return self._output.wrong_sums_count

    def __iter__(self) -> Iterator[Member]:
        """Yields members; raises ``DamageError`` where nothing more can be found."""
        extended: dict[bytes, bytes] = {}
        is_behind_loss = False
        while True:
            try:
                if self._damage is not None:
                    extended, is_behind_loss = {}, True
                    self._go_on(self._damage)
                header = self._next_header()
                if header is None:
                    return
                if header.kind in {_PAX, _GNU_NAME}:
                    extended.update(self._long_header(header))
                    continue
                if header.kind == _PAX_GLOBAL:
                    continue
                member = self._member(header, extended)
            except DamageError as damage:
                if damage is self._damage:
                    raise
                self._damage = damage
                continue
            is_cut_off = is_behind_loss and header.is_name_full and not extended
            yield member._replace(is_file=False) if is_cut_off else member
            extended, is_behind_loss = {}, False

    def data(self) -> bytes | None:
        """The bytes of the member yielded last; ``None`` where they break off."""
        try:
            return self._data()
        except DamageError as damage:
            self._damage = damage
            return None

    def take_loss(self) -> Loss | None:
        """What was lost since this was asked before."""
        loss, self._loss = self._loss, None
        return loss

    def _data(self) -> bytes:
        data = self._output.read(self._left_bytes)
        if len(data) < self._left_bytes:
            raise DamageError("it breaks off within a file")
        self._left_bytes = 0
        return data

    def _go_on(self, damage: DamageError) -> None:
        """Finds the next header; raises ``damage`` where there is none."""
        self._left_bytes = self._padding_bytes = 0
        self._losses_count += 1
        if self._losses_count > LOSSES_MAX_COUNT:
            raise damage
        lost_bytes = self._search.run(is_tar=self.members_count > 0)
        if lost_bytes is None:
            raise damage
        self._damage = None
        self._loss = Loss(str(damage), lost_bytes).behind(self._loss)

    def _member(self, header: Header, extended: dict[bytes, bytes]) -> Member:
        is_sparse = header.kind == _GNU_SPARSE
        while is_sparse and header.is_extended and self._block()[504]:
            pass  # the map's further blocks, before the data
        if b"size" in extended:
            self._expect(decimal(extended[b"size"]))
        is_sparse = is_sparse or SPARSE in extended
        name = extended.get(b"path", header.name)
        return Member(
            name=name[:NAME_MAX_BYTES].decode("utf-8", "surrogateescape"),
            size_bytes=self._left_bytes,
            is_file=header.kind in _FILES and not is_sparse and len(name) <= NAME_MAX_BYTES,
        )

    def _next_header(self) -> Header | None:
        """Passes over what is left of the member before; ``None`` at the end of the archive."""
        left_bytes = self._left_bytes + self._padding_bytes
        if left_bytes and self._output.skip(left_bytes) < left_bytes:
            raise DamageError("it breaks off within a file")
        self._left_bytes = self._padding_bytes = 0
        block = self._output.read(BLOCK_BYTES)
        if not block or block == _ZEROS:
            self.is_ended = bool(block)
            return None
        try:
            header = header_of(block)
        except DamageError:
            self._output.put_back(block)
            raise
        self.members_count += 1
        if self.members_count > MEMBERS_MAX_COUNT:
            self._losses_count = LOSSES_MAX_COUNT  # nothing is looked for behind it
            raise DamageError(f"it has more than {MEMBERS_MAX_COUNT} members")
        self._expect(0 if header.kind in _WITHOUT_DATA else header.size_bytes)
        return header

    def _block(self) -> bytes:
        block = self._output.read(BLOCK_BYTES)
        if len(block) < BLOCK_BYTES:
            raise DamageError("it breaks off within a header")
        return block

    def _expect(self, size_bytes: int) -> None:
        self._left_bytes = size_bytes
        self._padding_bytes = -size_bytes % BLOCK_BYTES

    def _long_header(self, header: Header) -> dict[bytes, bytes]:
        if header.size_bytes > LONG_HEADER_MAX_BYTES:
            raise DamageError(f"a header of {header.size_bytes} bytes")
        data = self._data()
        return pax_of(data) if header.kind == _PAX else {b"path": data.split(b"\0", 1)[0]}
