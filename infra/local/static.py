"""What the front port shows that no service answers: pages, widgets, the API document, as CloudFront and S3 would."""

import re
from pathlib import Path
from urllib.parse import unquote

from infra.local.problems import Reply
from infra.site import (
    DOCS,
    DOCUMENT,
    EMBEDDING,
    FOLDERS,
    FOR_EVER,
    PAGE_POLICY,
    SWAGGER_UI,
    is_versioned,
    type_of,
)

FRESH = "no-store"

_MEMBER_PAGE = re.compile(r"/m/[^/]+/?")


class Site:
    """The static addresses of a checkout."""

    def __init__(self, root: Path) -> None:
        storefront = root / "services" / "storefront"
        self._folders = tuple((prefix, root / folder) for prefix, folder in FOLDERS)
        self._home = storefront / "demo" / "index.html"
        self._member_page = storefront / "member" / "index.html"
        self._document = root / DOCUMENT
        self._docs_page = root / DOCS / "index.html"
        self._docs_missing = root / DOCS / "missing.html"
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
            return _reply(file, FOR_EVER if is_versioned(path) else FRESH)
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
    kind = type_of(file)
    headers = [("Content-Type", kind), ("Cache-Control", caching), *EMBEDDING.items()]
    if kind.startswith("text/html"):
        headers.append(("Content-Security-Policy", PAGE_POLICY))
    return Reply(200, tuple(headers), file.read_bytes())
