"""Who a message is from and for, as headers take it."""

import getpass
import socket
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import getaddresses

import click

NAME = "vmadvisor"
ROOT = "root"
_ENCODED = "=?"
"""An encoded word's beginning: the library decodes it, and may find a line end in it."""


def addresses_of(to: tuple[str, ...], sender: str | None) -> tuple[Address, tuple[Address, ...]]:
    """(from, to); a usage error for what is no address. Without ``to`` it is root's, as cron's mail is."""
    receivers = [one for text in to or (ROOT,) for one in _addresses(text, "--to")]
    if sender is None:
        return Address(display_name=NAME, addr_spec=_own()), tuple(receivers)
    senders = _addresses(sender, "--from")
    if len(senders) != 1:
        raise click.BadParameter("a message is from one address", param_hint="--from")
    return senders[0], tuple(receivers)


def _addresses(text: str, option: str) -> list[Address]:
    if not text.isprintable() or _ENCODED in text:
        raise click.BadParameter(f"{text!r} is no address", param_hint=option)
    try:
        found = [_address(name, spec) for name, spec in getaddresses([text])]
    except (ValueError, IndexError, HeaderParseError):
        raise click.BadParameter(f"{text!r} is no address", param_hint=option) from None
    if not found:
        raise click.BadParameter(f"{text!r} is no address", param_hint=option)
    return found


def _address(name: str, spec: str) -> Address:
    user, at, domain = spec.rpartition("@")
    if not spec or not spec.isascii() or (at and not (user and domain)) or spec.startswith("-"):
        raise ValueError
    return Address(display_name=name, addr_spec=spec) if at else Address(name, username=spec)


def _own() -> str:
    """This user at this host, or ``root`` where a name would not do in an address."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ROOT
    host = socket.gethostname()
    plain = all(
        part.replace("-", "").replace(".", "").isalnum() and part.isascii() for part in (user, host)
    )
    return f"{user}@{host}" if plain else f"{ROOT}@localhost"
