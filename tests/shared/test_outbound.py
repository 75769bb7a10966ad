"""Calls to addresses that shops name, against servers that answer in ways of their own."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from shared import outbound

Serve = Callable[[Sequence[bytes]], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that sends what it is given piece by piece, 50 ms apart, then nothing; returns its port."""
    over = Event()
    threads: list[Thread] = []

    def start(pieces: Sequence[bytes]) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        thread = Thread(target=_answer, args=(listening, pieces, over))
        thread.start()
        threads.append(thread)
        return int(listening.getsockname()[1])

    yield start
    over.set()
    for thread in threads:
        thread.join()


def _answer(listening: socket.socket, pieces: Sequence[bytes], over: Event) -> None:
    with closing(listening), listening.accept()[0] as caller:
        caller.recv(4096)
        for piece in pieces:
            if over.wait(0.05):
                return
            caller.sendall(piece)
        over.wait()


def posted(port: int, seconds: float) -> int:
    ends = time.monotonic() + seconds
    return outbound.post_by(HTTPConnection("127.0.0.1", port, timeout=seconds), "/", b"{}", {}, ends)


def test_a_dripping_answer_is_given_up_at_the_deadline(serve: Serve) -> None:
    port = serve([b"H"] + [b"T"] * 200)
    began = time.monotonic()

    with pytest.raises(TimeoutError):
        posted(port, 0.5)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([b"HTTP/1.1 20", b"4 No Content\r\n"], 204),
        ([b"HTTP/1.1 422 \r\nContent-Length: 99999\r\n\r\n"], 422),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 201\r\n"], 201),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 503 Busy\r\n"], 503),
    ],
)
def test_no_more_of_an_answer_is_waited_for_than_its_status(serve: Serve, pieces: list[bytes], status: int) -> None:
    assert posted(serve(pieces), 20) == status


def test_what_is_no_answer_of_http_is_none(serve: Serve) -> None:
    with pytest.raises(OSError, match="no status"):
        posted(serve([b"x" * outbound.ANSWER_MAX]), 20)
