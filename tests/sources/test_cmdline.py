import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import cmdline


def test_arguments_keep_their_order_and_end_where_inits_begin():
    parsed = cmdline.parse("BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet -- psi=0 single\n")

    assert parsed.args == ("BOOT_IMAGE=/vmlinuz", "root=/dev/sda1", "ro", "quiet")
    assert parsed.psi is None


@pytest.mark.parametrize(
    ("text", "psi"),
    [
        ("ro psi=1\n", True),
        ("ro psi=on\n", True),
        ("ro psi=0\n", False),
        ("ro psi=off\n", False),
        ("psi=1 psi=0\n", False),
        ("psi=0 psi=y\n", True),
        ("psi=perhaps\n", None),
        ("xpsi=1\n", None),
        ("\n", None),
    ],
)
def test_the_last_psi_argument_counts(text, psi):
    assert cmdline.parse(text).psi is psi


@pytest.mark.parametrize(
    ("text", "delayacct"),
    [("ro delayacct\n", True), ("ro nodelayacct\n", False), ("ro\n", None)],
)
def test_delay_accounting_is_told_apart_from_the_default(text, delayacct):
    assert cmdline.parse(text).delayacct is delayacct


def test_a_nul_byte_is_a_parse_error():
    with pytest.raises(ParseError):
        cmdline.parse("ro\0psi=1\n")
