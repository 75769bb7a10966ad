"""Calls to addresses that shops name: https only, never into a network that is not everybody's, no redirects."""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT_S = 5.0
ANSWER_MAX = 64 * 1024


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

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_S)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST ``body``; returns the status. Raises OSError when there was no answer, or the address may not be called."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https":
        raise ForbiddenAddressError(url)
    connection = _Pinned(host, port, checked(host, port))
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        answer.read(ANSWER_MAX)
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
    return answer.status


def checked(host: str, port: int) -> str:
    """An address of ``host``, all of whose addresses are public. Raises ForbiddenAddressError, or OSError for none."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise ForbiddenAddressError(host)
    return found[0]
