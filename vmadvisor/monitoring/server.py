"""Prometheus' own HTTP server for one collector, made safe for a port that anybody on the host may call.

A caller that says nothing is dropped after a while, and there are never more callers than slots: each is a
thread. No name is looked up, neither the server's nor a caller's.
"""

import socket
import threading
from socketserver import TCPServer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.registry import Collector

CALLERS_MAX_COUNT = 16
SILENT_MAX_S = 10.0


class _Handler(WSGIRequestHandler):
    timeout = SILENT_MAX_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """A scrape every few seconds is no news."""


class Server(ThreadingWSGIServer):
    """Listens from the start; ``serve`` begins to answer, in a thread; ``close`` ends it."""

    def __init__(self, host: str, port: int, collector: Collector) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._slots = threading.BoundedSemaphore(CALLERS_MAX_COUNT)
        super().__init__((host, port), _Handler)
        registry = CollectorRegistry()
        registry.register(collector)
        self.set_app(make_wsgi_app(registry))

    def server_bind(self) -> None:
        """As the base classes do, but for the search of a name in the DNS."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    @property
    def url(self) -> str:
        """Where it is found."""
        host = self.server_name
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}/metrics"

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's
        """A thread for the caller, where there is a slot."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's
        """The caller's thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's
        """A caller that left is no news either."""

    def serve(self) -> None:
        """Answers, in a thread of its own."""
        threading.Thread(target=self.serve_forever, name="vmadvisor-http", daemon=True).start()

    def close(self) -> None:
        """Ends it."""
        self.shutdown()
        self.server_close()
