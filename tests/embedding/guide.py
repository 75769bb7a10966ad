"""docs/embed.md as programs: every fenced block, exactly as it stands there."""

import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "embed.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def text() -> str:
    return GUIDE.read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The page's blocks in one language, in order."""
    return [block for kind, block in _BLOCK.findall(text()) if kind == language]


def filled_in(block: str, *, host: str, shop: str) -> str:
    """A block with its placeholders replaced, as its reader would."""
    return block.replace("https://HOST", host).replace("SHOP", shop)


@dataclass(frozen=True)
class Language:
    """One of the languages of the page, and how its files are started."""

    name: str
    suffix: str
    fence: str
    program: tuple[str, ...]

    def source(self, stem: str) -> tuple[str, str]:
        """A file's name and text. The first line of a block names its file."""
        name = f"{stem.title() if self.name == 'java' else stem}.{self.suffix}"
        (found,) = (block for block in blocks(self.fence) if name in block.partition("\n")[0])
        return name, found

    def command(self, folder: Path, stem: str, *arguments: str) -> list[str]:
        """Write the file into ``folder``; how to run it there."""
        name, source = self.source(stem)
        (folder / name).write_text(source, encoding="utf-8")
        return [*self.program, name, *arguments]


PYTHON = Language("python", "py", "python", (sys.executable,))
NODE = Language("node", "mjs", "js", ("node",))
PHP = Language("php", "php", "php", ("php",))
JAVA = Language("java", "java", "java", ("java",))
LANGUAGES = (PYTHON, NODE, PHP, JAVA)
RUNNABLE = tuple(language for language in LANGUAGES if shutil.which(language.program[0]))
"""Those whose runtime this machine has; the tests' ids name them."""
