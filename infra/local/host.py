"""The function host: one process a service, answering HTTP as API Gateway and Lambda would.

Forked from a server that already imported the frameworks (PRELOADED), so that a reload costs a service's own
imports only. Nothing of shared/ or services/ may be imported before the fork: a reload is there to read it anew.
"""

import base64
import contextlib
import http.client
import importlib
import json
import os
import signal
import sys
import threading
import traceback
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from chalice.app import Chalice, DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig
from chalice.config import Config
from chalice.local import LambdaContext, LocalGateway, LocalGatewayException

from infra.local import environment
from infra.local.demo_clock import DemoClock
from infra.local.jobs import INVOKE, SECRET_HEADER, Failure, Job, Report
from infra.local.paths import read_json
from infra.local.sources import QueueSource, ScheduleSource, Source, StreamSource

NOTICE_S = 0.05
PATIENT = 10
"""The niceness of what can wait."""
LEAVE_S = 5.0
"""How long a replaced process may finish the requests it has."""


def prepare(job: Job, logs: Connection) -> None:
    """Make this forked process one of the stack: output to the supervisor, environment, demo clock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.dup2(logs.fileno(), 1)
    os.dup2(logs.fileno(), 2)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a TextIOWrapper in every process
    environment.install(job.variables)
    os.chdir(job.root)
    sys.path.insert(0, str(job.root))
    importlib.import_module("shared.clock").use(DemoClock(job.clock))


def serve(job: Job, control: Connection, logs: Connection) -> None:
    """Serve ``job`` until SIGTERM or until the supervisor's end of ``control`` closes. Runs in the child."""
    prepare(job, logs)
    with contextlib.suppress(SystemExit):
        server = _start(job, control)
        if server is not None:
            _wait(control)
            server.leave()
    sys.stdout.flush()
    os._exit(0)  # the handlers of the process we were forked from are not ours to run


def run_module(job: Job, control: Connection, logs: Connection) -> None:
    """Run ``job.module``'s ``main()`` to its end, as the seed is. Runs in the child; its exit status tells."""
    del control
    prepare(job, logs)
    status = 0
    try:
        sys.argv = [job.module]
        importlib.import_module(job.module).main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it was, the developer sees it and the stack goes on
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    os._exit(status)


def _start(job: Job, control: Connection) -> "FunctionServer | None":
    try:
        app = importlib.import_module(job.module).app
        server = FunctionServer(app, job)
        sources = sources_of(app)
    except Exception:  # noqa: BLE001 - a broken edit: report it, the next edit brings a new process
        control.send(Failure(traceback.format_exc()))
        return None
    threading.Thread(target=server.serve_forever, args=(NOTICE_S,), daemon=True).start()
    control.send(Report(server.port, sources, tuple(app.handler_map)))
    threading.Thread(target=_warm, daemon=True).start()
    return server


def _warm() -> None:
    """Clients cost the first request up to a second; a shopper's first click should not pay for them. Services that are
    still importing go first.
    """
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENT)
    importlib.import_module("shared.aws").warm()


class Unsupported(Exception):
    """The local stack has no poller for this kind of event source."""


def sources_of(app: Chalice) -> tuple[Source, ...]:
    """The app's event sources. Raises Unsupported rather than leave one silently unfed."""
    return tuple(_source(config) for config in app.event_sources)


def _source(config: Any) -> Source:
    match config:
        case SQSEventConfig():
            queue = config.queue or str(config.queue_arn).rpartition(":")[2]
            return QueueSource(config.name, queue, config.batch_size)
        case DynamoDBEventConfig():
            # arn:…:table/NAME/stream/LABEL; the label is not known before deployment
            return StreamSource(config.name, config.stream_arn.split("/")[1], config.batch_size)
        case ScheduledEventConfig():
            expression = config.schedule_expression
            return ScheduleSource(config.name, expression if isinstance(expression, str) else expression.to_string())
    raise Unsupported(f"{config.name}: the local stack cannot feed a {type(config).__name__}.")


def _wait(control: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        control.recv()


def threadsafe(app: Chalice) -> None:
    """Give each thread its own current request: a Chalice app expects one request at a time."""
    own = threading.local()

    def for_thread(name: str) -> property:
        return property(lambda _: getattr(own, name, None), lambda _, value: setattr(own, name, value))

    members = {name: for_thread(name) for name in ("current_request", "lambda_context")}
    app.__class__ = type(type(app).__name__, (type(app),), members)


class Functions(LocalGateway):
    """One app's functions behind Chalice's local gateway, with what real API Gateway does and the local one leaves."""

    def __init__(self, app: Chalice, folder: Path) -> None:
        disk = read_json(folder / ".chalice" / "config.json", {"app_name": app.app_name})
        self.config = Config("dev", "api_handler", {"chalice_app": app, "project_dir": str(folder)}, disk)
        self.app = app
        super().__init__(app, self.config)

    def _generate_lambda_event(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Any:
        event = super()._generate_lambda_event(method, path, headers, body)
        event["requestContext"]["requestId"] = str(uuid.uuid4())
        event["pathParameters"] = {name: unquote(value) for name, value in event["pathParameters"].items()}
        return event

    def invoke(self, function: str, event: Any) -> Any:
        """What the function returns for ``event``. Raises KeyError, or whatever the function raises."""
        timeout_ms = (self.config.lambda_timeout or 60) * 1000
        context = LambdaContext(function, self.config.lambda_memory_size or 256, timeout_ms)
        return self.app.handler_map[function](event, context)


class FunctionServer(ThreadingHTTPServer):
    """The HTTP side of a function host, on a port of its own choice."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, app: Chalice, job: Job) -> None:
        threadsafe(app)
        self.functions = Functions(app, job.folder)
        self.secret = job.secret
        self._at_work = 0
        self._idle = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Counts a request, so that leave() can wait for it."""
        with self._idle:
            self._at_work += 1
        try:
            yield
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    def leave(self) -> None:
        """Accept nothing more and finish what has begun."""
        self.shutdown()
        with self._idle:
            self._idle.wait_for(lambda: self._at_work == 0, LEAVE_S)


class _Handler(BaseHTTPRequestHandler):
    server: FunctionServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every method: the app decides
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """The app logs its requests."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.working():
            if self.path.startswith(INVOKE):
                self._invoke(self.path.removeprefix(INVOKE), body)
            else:
                self._route(body)

    def _invoke(self, function: str, body: bytes) -> None:
        if self.headers.get(SECRET_HEADER) != self.server.secret:
            self._send(http.client.FORBIDDEN, {}, b"{}")
            return
        try:
            answer = json.dumps({"result": self.server.functions.invoke(function, json.loads(body))}, default=str)
            self._send(http.client.OK, {}, answer.encode())
        except Exception as error:  # noqa: BLE001 - a function that fails is the caller's to retry
            traceback.print_exc()
            told = {"error": f"{type(error).__name__}: {error}"}
            self._send(http.client.INTERNAL_SERVER_ERROR, {}, json.dumps(told).encode())

    def _route(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = self.server.functions.handle_request(self.command, self.path, headers, body)
        except LocalGatewayException:
            # API Gateway calls an unknown path forbidden; our gateway response for that is 404.
            self._send(http.client.NOT_FOUND, {}, b"{}")
        except Exception:  # noqa: BLE001 - as a crashed function: 500 and a trace in the log
            traceback.print_exc()
            self._send(http.client.INTERNAL_SERVER_ERROR, {}, b"{}")
        else:
            content = answer["body"] or ""
            data = base64.b64decode(content) if answer.get("isBase64Encoded") else content.encode()
            headers = answer["headers"] | (answer.get("multiValueHeaders") or {})
            if not any(name.lower() == "content-type" for name in headers):
                headers["Content-Type"] = "application/json"  # what API Gateway takes an untyped answer for
            self._send(answer["statusCode"], headers, data)

    def _send(self, status: int, headers: dict[str, Any], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, str(one))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
