"""Addresses as headers take them."""

import click
import pytest

from vmadvisor.cli._addresses import addresses_of


def test_without_any_it_is_this_user_to_root():
    sender, to = addresses_of((), None)

    assert sender.display_name == "vmadvisor"
    assert "@" in sender.addr_spec
    assert [str(one) for one in to] == ["root"]


def test_names_and_several_in_one_are_taken():
    sender, to = addresses_of(('"Doe, J." <j@example.org>, k@example.org', "root"), "a@example.org")

    assert [one.display_name for one in to] == ["Doe, J.", "", ""]
    assert [one.addr_spec for one in to[:2]] == ["j@example.org", "k@example.org"]
    assert sender.addr_spec == "a@example.org"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "a@b\r\nBcc: c@d",
        "a b@c@d",
        "ü@example.org",
        "-f@x",
        "<>",
        "=?utf-8?q?=0ABcc:_c=40d?= <a@b>",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(click.BadParameter):
        addresses_of((text,), None)
