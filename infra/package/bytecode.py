"""Compiles modules beside their sources, without what nobody reads when they run: docstrings, assertions, the types of
parameters. ``python -X no_debug_ranges -m infra.package.bytecode FOLDER PLACE``, where PLACE is the folder's own at run
time. A program of its own: whether columns are left out is settled when an interpreter starts.
"""

import ast
import importlib.util
import marshal
import sys
from pathlib import Path

UNCHECKED_HASH = 1
"""A flag in a compiled module: it belongs to a source, and nobody need look whether that has changed."""
NO_DOCSTRINGS = 2


class _WithoutTypes(ast.NodeTransformer):
    """Functions without the types of parameters and results; fields keep theirs: dataclasses and pydantic read them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node


def compiled(source: bytes, name: str) -> bytes:
    """A module as Python would keep it for an unchecked source."""
    tree = ast.fix_missing_locations(_WithoutTypes().visit(ast.parse(source)))
    code = compile(tree, name, "exec", optimize=NO_DOCSTRINGS, dont_inherit=True)
    told = importlib.util.source_hash(source)
    return importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little") + told + marshal.dumps(code)


def main(folder: Path, place: str) -> None:
    for path in sorted(folder.rglob("*.py")):
        name = f"{place}/{path.relative_to(folder).as_posix()}"
        path.with_suffix(".pyc").write_bytes(compiled(path.read_bytes(), name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
