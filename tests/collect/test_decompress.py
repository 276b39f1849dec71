import gzip
import io
import lzma
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect import decompress
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output

PACKERS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}
PACKED = {name: pack for name, pack in PACKERS.items() if name != "plain"}
each_packer = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
each_compressor = pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)


def unpack(data, step=1000):
    output = Output(io.BytesIO(data))
    return b"".join(iter(lambda: output.read(step), b""))


@each_packer
def test_bytes_come_back_whatever_they_are_packed_with(pack):
    data = bytes(range(256)) * 4000

    assert unpack(pack(data)) == data


@each_compressor
def test_several_packed_parts_one_after_the_other_are_one_stream(pack):
    assert unpack(pack(b"first,") + pack(b"second")) == b"first,second"


def test_a_zstd_stream_may_begin_with_a_skippable_frame():
    frame = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"

    assert unpack(frame + PACKERS["zstd"](b"data")) == b"data"


def test_a_stream_shorter_than_any_magic_is_plain():
    assert unpack(b"ab") == b"ab"
    assert unpack(b"") == b""


def test_an_input_that_gives_one_byte_at_a_time_is_recognised():
    class Dripping(io.BytesIO):
        def read(self, _size=-1):
            return super().read(1)

    output = Output(Dripping(gzip.compress(b"slowly")))

    assert output.read(100) == b"slowly"


@each_packer
def test_skipping_is_reading_without_keeping(pack):
    output = Output(io.BytesIO(pack(b"abcdefgh" * 70_000)))

    assert output.skip(300_001) == 300_001
    assert output.read(3) == b"bcd"
    assert output.skip(10**9) == 560_000 - 300_004


@each_compressor
def test_torn_anywhere_a_prefix_of_the_data_is_given(pack):
    data = b"".join(b"%d " % number for number in range(60_000))
    packed = pack(data)

    for length in range(8, len(packed), len(packed) // 23):
        output = Output(io.BytesIO(packed[:length]))
        found = b""
        with suppress(DamageError):
            while piece := output.read(512):
                found += piece
        assert data.startswith(found)


@each_compressor
@given(position=st.integers(8, 3000), value=st.integers(0, 255))
def test_any_changed_byte_gives_bytes_or_damage(pack, position, value):
    packed = bytearray(pack(b"".join(b"%d " % number for number in range(2_000))))
    packed[position % len(packed)] = value

    with suppress(DamageError):
        assert isinstance(unpack(bytes(packed)), bytes)


@pytest.mark.parametrize("name", ["gzip", "xz", "zstd"])
def test_a_bomb_is_refused_and_a_well_packed_recording_is_not(monkeypatch, name):
    monkeypatch.setattr(decompress, "RATIO_FREE_BYTES", 2**20)
    bomb = PACKERS[name](bytes(2**26))
    monkeypatch.setattr(decompress, "RATIO_MAX", len(bytes(2**26)) // len(bomb) - 1)
    output = Output(io.BytesIO(bomb))

    with pytest.raises(DamageError, match=r"expands more than \d+:1"):
        output.skip(2**26)
    assert output.resume() is None
    assert output.total_bytes <= 2**26

    monkeypatch.setattr(decompress, "RATIO_MAX", len(bytes(2**26)) // len(bomb) + 2)
    assert Output(io.BytesIO(bomb)).skip(2**27) == 2**26


def test_what_expands_200_to_1_passes_the_real_limits():
    assert decompress.RATIO_MAX >= 1000
    assert decompress.RATIO_FREE_BYTES >= 64 * 2**20


def test_more_than_the_total_limit_is_refused(monkeypatch):
    monkeypatch.setattr(decompress, "OUTPUT_MAX_BYTES", 10_000)

    with pytest.raises(DamageError, match="holds more than"):
        Output(io.BytesIO(gzip.compress(bytes(10_001)))).skip(20_000)


@pytest.mark.parametrize("name", ["xz", "zstd"])
def test_a_dictionary_that_would_take_all_memory_is_damage(name):
    if name == "xz":
        packed = lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**30}])
    else:
        parameters = zstandard.ZstdCompressionParameters(window_log=30, write_content_size=False)
        packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        packed = packer.compress(b"x" * 4096) + packer.flush()

    with pytest.raises(DamageError):
        unpack(packed)
