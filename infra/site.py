"""What the one host shows besides the services, and how: the local front port and `make deploy` go by this page.

infra/edge.yaml repeats the headers, because CloudFront must know them; tests/infra/test_edge.py compares.
"""

import re
from collections.abc import Iterator
from pathlib import Path

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
ANY_TYPE = "application/octet-stream"
# Pages may load what this host serves and nothing else: no inline script or style, no other host, no plug-in.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Shops embed the widgets on their own pages.
EMBEDDING = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
FOR_EVER = "public, max-age=31536000, immutable"
SWAGGER_UI = Path(".swagger-ui", "flask_swagger_ui", "dist")
"""Where `make` puts Swagger UI (requirements/swagger-ui.txt)."""
DOCUMENT = Path("docs", "api", "openapi.json")
DOCS = Path("services", "storefront", "docs")
BUNDLES = "/widgets/"
DEMO = "/demo/"
LOCAL = (BUNDLES, DEMO)
FOLDERS = (
    ("/widgets/v1/", Path("services", "storefront", "widgets")),
    (BUNDLES, Path("build", "widgets")),
    (DEMO, Path("services", "storefront", "demo")),
    ("/member/", Path("services", "storefront", "member")),
    ("/console/", Path("services", "admin", "console")),
    ("/docs/ui/", SWAGGER_UI),
    ("/docs/", DOCS),
)
"""Where an address begins → the folder that is shown there. The first that fits counts."""

_VERSIONED = re.compile(r"/widgets/[0-9a-f]{16}/")


def is_versioned(address: str) -> bool:
    """Whether what stands at an address can never change: a bundle under the hash of its content."""
    return bool(_VERSIONED.match(address))


def type_of(file: Path) -> str:
    """A file's media type, by its suffix."""
    return TYPES.get(file.suffix, ANY_TYPE)


def deployed(root: Path) -> dict[str, Path]:
    """The addresses that a deployed host shows, each with its file of the checkout: all but the demo shop, and but
    the bundle, which is made when it is deployed.
    """
    folders = ((prefix, root / folder) for prefix, folder in FOLDERS if prefix not in LOCAL)
    shown = {address: file for prefix, folder in folders for address, file in _in(prefix, folder)}
    shown["/openapi.json"] = root / DOCUMENT
    if "/docs/ui/swagger-ui-bundle.js" not in shown:
        shown["/docs/index.html"] = root / DOCS / "missing.html"
    return shown


def _in(prefix: str, folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        steps = file.relative_to(folder).parts
        if file.is_file() and not any(step.startswith(".") for step in steps):
            yield prefix + "/".join(steps), file
