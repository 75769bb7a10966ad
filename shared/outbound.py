"""Calls to addresses that shops name: https only, never into a network that is not everybody's, no redirects."""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

DEADLINE_S = 10.0
"""For all of a call together, however slowly its parts come."""
ANSWER_MAX = 4096
"""So many bytes are looked through for a status."""


class ForbiddenAddressError(OSError):
    """The address is not one that may be called."""


def allows(url: str) -> bool:
    """Whether the address may be named: https to a public host, nothing else told in it. What the host's name leads to
    is checked whenever it is called.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username is not None or parts.fragment:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(_PUBLIC_NAME.fullmatch(host))


_PUBLIC_NAME = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+(?!(?:localhost|local|internal|lan)$)[a-z][a-z0-9-]*[a-z0-9]", re.ASCII
)
"""A name with a dot in it that is not one of a network of somebody's own; numbers in other forms are none."""


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, not to what the name may mean a moment later."""

    def __init__(self, host: str, port: int, address: str, ends: float) -> None:
        super().__init__(host, port, context=ssl.create_default_context())
        self._address, self._ends = address, ends

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), _left(self._ends))
        plain.settimeout(_left(self._ends))
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.sock.settimeout(_left(self._ends))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST ``body``; returns the status. Raises OSError when there was no answer, or the address may not be called."""
    parts, ends = urlsplit(url), time.monotonic() + DEADLINE_S
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https":
        raise ForbiddenAddressError(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return post_by(_Pinned(host, port, checked(host, port), ends), target, body, headers, ends)


def post_by(
    connection: http.client.HTTPConnection, target: str, body: bytes, headers: Mapping[str, str], ends: float
) -> int:
    """POST by a connection, which is closed then. ``ends``: when to give up, on the monotonic clock. Raises OSError."""
    try:
        connection.request("POST", target, body, dict(headers))
        return _status(connection.sock, ends)
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


_STATUS = re.compile(rb"(?:HTTP/1\.\d 1\d\d[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n)*HTTP/1\.\d ([2-5]\d\d)[ \r\n]")
"""The status of an answer, after any that only say to wait."""


def _status(sock: socket.socket, ends: float) -> int:
    seen = b""
    while not (found := _STATUS.match(seen)):
        sock.settimeout(_left(ends))
        more = sock.recv(ANSWER_MAX - len(seen))
        if not more:
            raise OSError("no status in the answer")
        seen += more
    return int(found[1])


def _left(ends: float) -> float:
    """Seconds to ``ends``. Raises TimeoutError after it."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def checked(host: str, port: int) -> str:
    """An address of ``host``, all of whose addresses are public. Raises ForbiddenAddressError, or OSError for none."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise ForbiddenAddressError(host)
    return found[0]
