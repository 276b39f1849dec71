"""``vmadvisor exporter``: this host for a Prometheus server, read when it asks."""

import gc
import ipaddress
import signal
import socket
import threading

import click

from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._options import Seconds, calibration_option, config_option
from vmadvisor.cli._settings import given_settings

PORT = 19804
"""The list of default ports of Prometheus' exporters is full from 9100 to 9999; this one lies outside of it, below
the ports that the kernel hands out."""

_PORT_MAX = 65_535


def listen_address(text: str) -> tuple[str, int]:
    """(address, port) of ``HOST:PORT``; ``click.BadParameter`` where it would listen where it was not told to.

    >>> listen_address("127.0.0.1:9804"), listen_address("[::1]:0")
    (('127.0.0.1', 9804), ('::1', 0))
    """
    host, colon, digits = text.rpartition(":")
    if not colon or not (digits.isascii() and digits.isdigit()) or int(digits) > _PORT_MAX:
        raise click.BadParameter(f"{text!r} is not HOST:PORT")
    port, host = int(digits), host.removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host)), port
    except ValueError:
        return _local(host), port


def _local(name: str) -> str:
    """The address of a name, if it is this host's own: a name is not an address that was said."""
    if not name:
        raise click.BadParameter("no address: 0.0.0.0:PORT listens on all of them")
    try:
        found = [info[4][0] for info in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise click.BadParameter(f"{name!r} is no name of this host") from None
    for address in found:
        if not ipaddress.ip_address(str(address).partition("%")[0]).is_loopback:
            raise click.BadParameter(
                f"{name!r} is {address}, not local; give the address to mean it"
            )
    return str(found[0])


def _listen(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int]:
    return listen_address(text)


@click.command(
    epilog=f"""\b
Examples:
  vmadvisor exporter
  vmadvisor exporter --listen 0.0.0.0:{PORT}   reachable from elsewhere
  curl -s http://127.0.0.1:{PORT}/metrics

The host is read when it is asked for, at most every --min-interval, and sampled
once a second (five small files) as long as somebody asks: forecasts look back
on that. Where a reading takes longer than --deadline the last one is served,
with its age. Rules and a dashboard: vmadvisor alerts, vmadvisor dashboard."""
)
@click.option(
    "--listen",
    "address",
    callback=_listen,
    default=f"127.0.0.1:{PORT}",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen. Only an address makes it listen beyond this host.",
)
@click.option(
    "--min-interval",
    "min_interval_s",
    type=Seconds(min=0.1, max=3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="Within this time of a reading others get the same one.",
)
@click.option(
    "--deadline",
    "deadline_s",
    type=Seconds(min=0.1, max=3600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Serve the last reading where a new one takes longer.",
)
@config_option
@calibration_option
def command(
    *,
    address: tuple[str, int],
    min_interval_s: float,
    deadline_s: float,
    config: str | None,
    calibration: str | None,
) -> None:
    """Serve this host's state to Prometheus."""
    from vmadvisor.monitoring.live_reports import LiveReports
    from vmadvisor.monitoring.own_metrics import ScrapeCollector
    from vmadvisor.monitoring.readings import Readings
    from vmadvisor.monitoring.server import Server

    given_settings(config, is_live=True)  # a wrong configuration is told now, not to a scraper
    reports = LiveReports(
        deadline_s=deadline_s,
        own=lambda snapshot: own_map(snapshot, calibration),
        given=lambda: given_settings(config, is_live=True),
    )
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    readings = Readings(reports, min_interval_s=min_interval_s, patience_s=deadline_s)
    try:
        server = Server(*address, ScrapeCollector(readings))
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {address[0]}:{address[1]}: {(error.strerror or str(error)).lower()}"
        ) from None
    gc.freeze()  # what is loaded now stays: neither the collector nor a forked child need touch it
    server.serve()
    click.echo(f"vmadvisor: listening on {server.url}", err=True)
    over.wait()
    server.close()
    readings.close()
