"""Where the exporter listens: on this host, unless an address says otherwise."""

import socket

import click
import pytest
from click.testing import CliRunner

from vmadvisor.cli import exporter
from vmadvisor.cli.exporter import PORT, command, listen_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:9000", ("::1", 9000)),
        ("[::]:65535", ("::", 65_535)),
        ("192.0.2.7:0", ("192.0.2.7", 0)),
    ],
)
def test_an_address_is_taken_as_it_was_said(text, address):
    assert listen_address(text) == address


def names(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(exporter.socket, "getaddrinfo", lambda *_, **__: found)


def test_a_name_of_this_host_is_local(monkeypatch):
    names(monkeypatch, "127.0.0.1", "::1")

    assert listen_address("localhost:9000") == ("127.0.0.1", 9000)


def test_a_name_that_leads_elsewhere_is_refused_and_the_address_named(monkeypatch):
    names(monkeypatch, "127.0.0.1", "192.0.2.7")

    with pytest.raises(click.BadParameter, match=r"'db1' is 192\.0\.2\.7, not local"):
        listen_address("db1:9000")


def test_no_host_is_not_all_of_them():
    with pytest.raises(click.BadParameter, match=r"0\.0\.0\.0:PORT listens on all"):
        listen_address(":9000")


@pytest.mark.parametrize(
    "text", ["", "9000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1", "a:²"]
)
def test_what_is_no_address_and_port_is_refused(text):
    with pytest.raises(click.BadParameter):
        listen_address(text)


def test_its_port_is_below_those_that_the_kernel_hands_out_and_beyond_the_allocated_ones():
    assert 10_000 <= PORT < 32_768


def test_a_port_that_is_taken_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = CliRunner().invoke(command, ["--listen", f"127.0.0.1:{port}"])

    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in done.output


def test_a_wrong_configuration_is_told_before_it_listens(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text("[targets]\nx = 1\n")
    done = CliRunner().invoke(command, ["--listen", "127.0.0.1:0", "--config", str(config)])

    assert "no such key" in str(done.exception)
