"""The storefront's files: demo page and widgets, as CloudFront and S3 would serve them."""

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


def mounts(storefront: Path) -> tuple[tuple[str, Path], ...]:
    """Which URL prefix shows which folder; the first that fits counts."""
    return (
        ("/widgets/v1/", storefront / "widgets"),
        ("/demo/", storefront / "demo"),
        ("/", storefront / "demo"),
    )


def find(storefront: Path, url_path: str) -> Path | None:
    """The file for a URL's path (still percent-encoded), or None. Never one outside the mounted folders."""
    path = unquote(url_path, errors="strict")
    prefix, folder = next((prefix, folder) for prefix, folder in mounts(storefront) if path.startswith(prefix))
    inner = path.removeprefix(prefix) or "index.html"
    if prefix == "/" and inner != "index.html":  # only the page itself stands at the root
        return None
    steps = inner.split("/")
    # Hidden files, "..", absolute and empty steps, Windows' separators and NUL name nothing we serve.
    if any(step in ("", "..") or step.startswith(".") or "\\" in step or "\0" in step for step in steps):
        return None
    file = (folder / inner).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None


def reply(file: Path) -> Reply:
    """The file with its type. Nothing is cached: in development the next reload must show the next edit."""
    kind = TYPES.get(file.suffix, "application/octet-stream")
    headers = [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        # Shops embed the widgets on their own pages.
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]
    if kind.startswith("text/html"):
        headers.append(("Content-Security-Policy", PAGE_POLICY))
    return Reply(200, tuple(headers), file.read_bytes())
