import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.recording.pseudonyms import Pseudonyms

names = st.binary(min_size=1, max_size=40)


@given(one=names, other=names)
def test_the_same_name_gets_the_same_pseudonym_and_another_another(one, other):
    pseudonyms = Pseudonyms(salt="pepper")

    assert (pseudonyms.name(one) == pseudonyms.name(other)) == (one == other)
    assert Pseudonyms(salt="pepper").name(one) == pseudonyms.name(one)


@given(name=names)
def test_a_pseudonym_fits_into_a_process_name_and_needs_no_escape(name):
    pseudonym = Pseudonyms().name(name)

    assert len(pseudonym) == 12
    assert pseudonym.isalnum()
    assert not pseudonym[:1].isdigit()


def test_without_a_salt_no_two_runs_agree():
    assert Pseudonyms().name(b"postgres") != Pseudonyms().name(b"postgres")
    assert Pseudonyms(salt="a").name(b"postgres") != Pseudonyms(salt="b").name(b"postgres")


def test_a_service_has_the_name_of_its_process():
    pseudonyms = Pseudonyms()

    assert pseudonyms.group(b"nginx.service") == pseudonyms.name(b"nginx") + b".service"
    assert pseudonyms.group(b"nginx") == pseudonyms.name(b"nginx")
    assert pseudonyms.group(b"nginx.service (deleted)").endswith(b".service (deleted)")


@pytest.mark.parametrize("kept", [b"system.slice", b"user.slice", b"init.scope", b"..", b""])
def test_what_every_host_has_stays(kept):
    assert Pseudonyms().group(kept) == kept


def test_a_path_keeps_its_form():
    path = Pseudonyms(keep=("db",)).group_path(b"/system.slice/db.service/worker@7.scope")

    assert path.startswith(b"/system.slice/db.service/n")
    assert path.endswith(b".scope")
    assert b"worker" not in path


def test_a_name_in_latin_1_may_be_kept():
    assert Pseudonyms(keep=("caf\udce9",)).name(b"caf\xe9") == b"caf\xe9"


def test_a_boot_gets_another_uuid():
    pseudonyms = Pseudonyms()
    uuid = pseudonyms.uuid(b"61ec5f2c-c106-41a8-8362-dd6d974bad2a")

    assert [len(part) for part in uuid.split(b"-")] == [8, 4, 4, 4, 12]
    assert uuid != b"61ec5f2c-c106-41a8-8362-dd6d974bad2a"
    assert uuid == pseudonyms.uuid(b"61ec5f2c-c106-41a8-8362-dd6d974bad2a")
