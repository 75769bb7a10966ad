"""The widgets as one file whose address and hash never change what they name: `make bundle`.

A page that pins a script by its hash (subresource integrity) pins that one file: what it imports is not covered. So
the modules and both catalogues go into one, each module as a function that returns what it exports. Only the few forms
of import and export that the widgets use are understood; anything else is refused rather than guessed at.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "services" / "storefront" / "widgets"
BUILD = ROOT / "build" / "widgets"
ENTRY = "regulars.js"
TEXTS = "texts.js"
VERSION_DIGITS = 16

_IMPORT = re.compile(r'^import (?:\{([^{}"]*)\} from )?"\./([\w-]+\.js)";$', re.MULTILINE)
_EXPORT_FROM = re.compile(r'^export \{([^{}"]*)\} from "\./([\w-]+\.js)";$', re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{([^{}]*)\};$", re.MULTILINE)
_EXPORT_DECLARATION = re.compile(r"^export ((?:async )?function\*? |const |class )(\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^\s*(?:import|export)\b.*|\bimport\s*\(.*", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as (\w+))?")


class CannotBundle(Exception):
    """A module says something that the bundler does not understand; the message names it."""


@dataclass(frozen=True)
class Bundle:
    """The one file."""

    content: bytes

    @property
    def version(self) -> str:
        """What its address is called after: the beginning of the content's SHA-256."""
        return hashlib.sha256(self.content).hexdigest()[:VERSION_DIGITS]

    @property
    def integrity(self) -> str:
        """The value of a script tag's ``integrity``."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.content).digest()).decode()

    def tag(self, host: str) -> str:
        """The line a shop puts on its page. ``host`` is an origin: https://…, without a slash at the end."""
        address = f"{host}/widgets/{self.version}/{ENTRY}"
        return f'<script type="module" src="{address}" integrity="{self.integrity}" crossorigin></script>'


def make(folder: Path = WIDGETS) -> Bundle:
    """Bundle the widgets of ``folder``: the same files give the same bytes. Raises CannotBundle."""
    parts: list[str] = []
    for name in _in_order(folder):
        parts.append(_as_function(folder / name))
        if name == TEXTS:
            parts.extend(_supplied(folder))
    return Bundle("\n".join(parts).encode())


def write(bundle: Bundle, folder: Path = BUILD) -> Path:
    """Put the bundle under its version; other versions stay, pages may still name them."""
    file = folder / bundle.version / ENTRY
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bundle.content)
    return file


def _in_order(folder: Path) -> list[str]:
    """The modules, each after those it imports."""
    done: list[str] = []
    _visit(folder, ENTRY, (), done)
    return done


def _visit(folder: Path, name: str, above: tuple[str, ...], done: list[str]) -> None:
    if name in above:
        raise CannotBundle(f"modules import each other in a circle: {' → '.join((*above, name))}")
    if name in done:
        return
    source = (folder / name).read_text("utf-8")
    for imported in (*_IMPORT.finditer(source), *_EXPORT_FROM.finditer(source)):
        _visit(folder, imported[2], (*above, name), done)
    done.append(name)


def _as_function(file: Path) -> str:
    source = file.read_text("utf-8")
    exported: list[str] = []

    def imports(found: re.Match[str]) -> str:
        names = ", ".join(f"{name}: {known_as}" for name, known_as in _names(found[1] or ""))
        return f"const {{ {names} }} = {_variable(found[2])};" if names else ""

    def passes_on(found: re.Match[str]) -> str:
        exported.extend(f"{known_as}: {_variable(found[2])}.{name}" for name, known_as in _names(found[1]))
        return ""

    def lists(found: re.Match[str]) -> str:
        exported.extend(f"{known_as}: {name}" for name, known_as in _names(found[1]))
        return ""

    def declares(found: re.Match[str]) -> str:
        exported.append(found[2])
        return f"{found[1]}{found[2]}"

    body = _IMPORT.sub(imports, source)
    body = _EXPORT_FROM.sub(passes_on, body)
    body = _EXPORT_LIST.sub(lists, body)
    body = _EXPORT_DECLARATION.sub(declares, body)
    if left := _LEFT_OVER.search(body):
        raise CannotBundle(f"{file.name}: {left[0].strip()}")
    given = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    return f"const {_variable(file.name)} = (() => {{\n{body.strip()}\n{given}}})();"


def _supplied(folder: Path) -> Iterator[str]:
    for file in sorted((folder / "texts").glob("*.json")):
        catalogue = json.dumps(json.loads(file.read_text("utf-8")), ensure_ascii=False, separators=(",", ":"))
        # U+2028 and U+2029 are fine in JSON and, since ES2019, in scripts; nothing else differs.
        yield f"{_variable(TEXTS)}.supplyTexts({json.dumps(file.stem)}, {catalogue});"


def _names(listed: str) -> Iterator[tuple[str, str]]:
    for one in (part.strip() for part in listed.split(",")):
        if not one:
            continue
        found = _NAME.fullmatch(one)
        if not found:
            raise CannotBundle(f"cannot read the name {one!r}")
        yield found[1], found[2] or found[1]


def _variable(module: str) -> str:
    return "$" + re.sub(r"\W", "_", module.removesuffix(".js"))


def main() -> int:
    """Write the bundle and print its tag."""
    parser = argparse.ArgumentParser(prog="make bundle", description="The widgets as one immutable file.")
    parser.add_argument("--host", default="https://HOST", help="where pages will load it from")
    arguments = parser.parse_args()
    bundle = make()
    file = write(bundle)
    print(f"{file.relative_to(ROOT)}: {len(bundle.content):,} bytes")
    print(bundle.tag(arguments.host))
    return 0


if __name__ == "__main__":
    sys.exit(main())
