"""Compiles our modules into one file, with the data beside them and without what nobody reads when they run:
docstrings, assertions, the types of parameters and of a module's own names, descriptions of fields.
``python -X no_debug_ranges -m infra.package.bytecode FOLDER PLACE``, where PLACE is the folder's own at run time.
A program of its own: whether columns are left out is settled when an interpreter starts.
"""

import ast
import bz2
import importlib.util
import inspect
import json
import marshal
import sys
import textwrap
from pathlib import Path
from types import CodeType

from infra.package import bundle

UNCHECKED_HASH = 1
"""A flag in a compiled module: it belongs to a source, and nobody need look whether that has changed."""
NO_DOCSTRINGS = 2
UNIT_BYTES = 2
UNITS_MAX = 8
SAME_LINE = 0x80 | 13 << 3
"""An entry of a table of lines, for up to UNITS_MAX units of code (less one in its lowest bits): no columns; the change
of line follows. Python 3.11, Objects/locations.md.
"""
ENTRY = "app.py"
"""What Lambda imports by name: it imports what the service's app registers."""
FINDER = "bundle.py"
DOCUMENTED_BY = "description"
"""What ``Field`` is told for the API document, which is written from the sources."""


class _Unread(ast.NodeTransformer):
    """What nobody reads when a module runs is taken out. Classes keep the types of their fields: dataclasses and
    pydantic read them.
    """

    def visit_Module(self, node: ast.Module) -> ast.Module:
        node.body = [_untyped(each) for each in node.body]
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Name) and node.func.id == "Field":
            node.keywords = [given for given in node.keywords if given.arg != DOCUMENTED_BY]
        self.generic_visit(node)
        return node


def _untyped(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value:
        return ast.copy_location(ast.Assign([statement.target], statement.value), statement)
    return statement


def compiled(source: bytes, name: str) -> CodeType:
    """A module's code; traces call the module ``name``."""
    tree = ast.fix_missing_locations(_Unread().visit(ast.parse(source)))
    code: CodeType = compile(tree, name, "exec", optimize=NO_DOCSTRINGS, dont_inherit=True)
    return _flattened(code)


def _flattened(code: CodeType) -> CodeType:
    """The code with one line number, its first, for all of a module's or class's own body. That runs once, when it is
    imported, and tests have imported it; functions keep every line.
    """
    consts = tuple(_flattened(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    if code.co_flags & inspect.CO_OPTIMIZED:
        return code.replace(co_consts=consts)
    entries, rest = divmod(len(code.co_code) // UNIT_BYTES, UNITS_MAX)
    last = bytes((SAME_LINE | rest - 1, 0)) if rest else b""
    return code.replace(co_consts=consts, co_linetable=bytes((SAME_LINE | UNITS_MAX - 1, 0)) * entries + last)


def _write_module(path: Path, code: CodeType) -> None:
    """A module as Python would keep it for an unchecked source."""
    told = importlib.util.source_hash(path.read_bytes())
    head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little") + told
    path.with_suffix(".pyc").write_bytes(head + marshal.dumps(code))


def _short(path: Path) -> bytes:
    """The same JSON without what is there for people."""
    return json.dumps(json.loads(path.read_bytes()), ensure_ascii=False, separators=(",", ":")).encode()


def main(folder: Path, place: str) -> None:
    """Leave ``folder`` with the finder and the entry as compiled modules, and all others in the finder's one file."""
    entry, finder = folder / ENTRY, folder / FINDER
    imports = textwrap.indent(entry.read_text("utf-8"), "    ")
    entry.write_text(f"import {finder.stem}\n\nwith {finder.stem}.starting():\n{imports}", "utf-8")
    finder.write_bytes(Path(bundle.__file__).read_bytes())
    kept: dict[str, CodeType] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        code = compiled(path.read_bytes(), f"{place}/{name}")
        if path in (entry, finder):
            _write_module(path, code)
        else:
            kept[name] = code
    data = {path.relative_to(folder).as_posix(): _short(path) for path in sorted(folder.rglob("*.json"))}
    for name in data:
        (folder / name).unlink()
    (folder / bundle.MODULES).write_bytes(bz2.compress(marshal.dumps((kept, data))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
