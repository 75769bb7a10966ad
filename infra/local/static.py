"""What the front port shows that no service answers: pages, widgets, the API document, as CloudFront and S3 would."""

import re
from pathlib import Path
from urllib.parse import unquote

from infra.local.problems import Reply

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
# Pages may load what this host serves and nothing else: no inline script or style, no other host, no plug-in.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
SWAGGER_UI = Path(".swagger-ui", "flask_swagger_ui", "dist")
"""Where `make` puts Swagger UI (requirements/swagger-ui.txt)."""
FRESH = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"

_VERSIONED = re.compile(r"/widgets/[0-9a-f]{16}/")
_MEMBER_PAGE = re.compile(r"/m/[^/]+/?")


class Site:
    """The static addresses of a checkout."""

    def __init__(self, root: Path) -> None:
        storefront = root / "services" / "storefront"
        self._folders = (
            ("/widgets/v1/", storefront / "widgets"),
            ("/widgets/", root / "build" / "widgets"),
            ("/demo/", storefront / "demo"),
            ("/member/", storefront / "member"),
            ("/console/", root / "services" / "admin" / "console"),
            ("/docs/ui/", root / SWAGGER_UI),
            ("/docs/", storefront / "docs"),
        )
        self._home = storefront / "demo" / "index.html"
        self._member_page = storefront / "member" / "index.html"
        self._document = root / "docs" / "api" / "openapi.json"
        self._docs_page = storefront / "docs" / "index.html"
        self._docs_missing = storefront / "docs" / "missing.html"
        self._swagger_ui = root / SWAGGER_UI / "swagger-ui-bundle.js"

    def answer(self, url_path: str) -> Reply | None:
        """The file at a URL's path (still percent-encoded), or None. Never one outside the shown folders."""
        try:
            path = unquote(url_path, errors="strict")
            if path == "/console":  # its own addresses are relative to its folder
                return Reply(308, (("Location", "/console/"),), b"")
            file = self._single(path) or self._in_folder(path)
            if file is None or not file.is_file():
                return None
            return _reply(file, FOR_EVER if _VERSIONED.match(path) else FRESH)
        except (UnicodeDecodeError, ValueError, OSError):  # no text, a NUL, a name longer than the disk takes
            return None

    def _single(self, path: str) -> Path | None:
        match path:
            case "/":
                return self._home
            case "/openapi.json":
                return self._document
            case "/docs":
                return self._docs_page if self._swagger_ui.is_file() else self._docs_missing
        return self._member_page if _MEMBER_PAGE.fullmatch(path) else None

    def _in_folder(self, path: str) -> Path | None:
        for prefix, folder in self._folders:
            if path.startswith(prefix):
                return _inside(folder, path.removeprefix(prefix) or "index.html")
        return None


def _inside(folder: Path, inner: str) -> Path | None:
    # Hidden files, "..", absolute and empty steps, Windows' separators and NUL name nothing we serve.
    if any(step == "" or step.startswith(".") or "\\" in step or "\0" in step for step in inner.split("/")):
        return None
    file = (folder / inner).resolve()
    return file if file.is_relative_to(folder.resolve()) else None


def _reply(file: Path, caching: str) -> Reply:
    """The file with its type. In development nothing is cached but what can never change: edits show on reload."""
    kind = TYPES.get(file.suffix, "application/octet-stream")
    headers = [
        ("Content-Type", kind),
        ("Cache-Control", caching),
        # Shops embed the widgets on their own pages.
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]
    if kind.startswith("text/html"):
        headers.append(("Content-Security-Policy", PAGE_POLICY))
    return Reply(200, tuple(headers), file.read_bytes())
