"""What the browser gets: no markup built from strings, nothing a strict policy would stop, colours that can be read."""

import re
from pathlib import Path

import pytest

CONSOLE = Path(__file__).resolve().parents[3] / "services" / "admin" / "console"
SCRIPTS = sorted([*CONSOLE.glob("*.js"), *CONSOLE.glob("*/*.js")])
FORBIDDEN = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    ".style.",
    "localStorage.setItem(KEY",
]
TEXT_ON_GROUND = [
    *(("ink", ground) for ground in ("paper", "sheet", "sunk", "green-tint")),
    *(("soft", ground) for ground in ("paper", "sheet", "sunk")),
    *(("green", ground) for ground in ("paper", "sheet", "sunk", "green-tint")),
    *(("red", ground) for ground in ("paper", "sheet", "red-tint")),
    ("amber", "amber-tint"),
    ("on-green", "green"),
    ("on-red", "red"),
    ("paper", "ink"),
]


def name_of(path: Path) -> str:
    return str(path.relative_to(CONSOLE))


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_builds_no_markup_from_strings_and_sets_no_inline_style(script: Path) -> None:
    text = script.read_text(encoding="utf-8")

    assert [word for word in FORBIDDEN if word in text] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_is_short_and_its_lines_are_too(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()

    assert len(lines) < 300
    assert [number for number, line in enumerate(lines, start=1) if len(line) > 120] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_imports_only_files_of_the_console(script: Path) -> None:
    imported = re.findall(r'(?:from|import) "([^"]+)"', script.read_text(encoding="utf-8"))

    assert [name for name in imported if not (script.parent / name).resolve().is_relative_to(CONSOLE)] == []
    assert [name for name in imported if not (script.parent / name).is_file()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_imports_only_what_it_uses(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    imports = "".join(re.findall(r"^import .*?;$", text, re.MULTILINE | re.DOTALL))
    names = re.findall(r"\* as (\w+)", imports) + [
        name.split(" as ")[-1].strip()
        for group in re.findall(r"{([^}]*)}", imports)
        for name in group.split(",")
        if name.strip()
    ]
    body = text.replace(imports, "")
    for line in re.findall(r"^import .*?;$", text, re.MULTILINE | re.DOTALL):
        body = body.replace(line, "")

    assert [name for name in names if not re.search(rf"\b{name}\b", body)] == []


def test_the_page_has_nothing_inline() -> None:
    text = (CONSOLE / "index.html").read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_reaches_the_contrast_of_aa(scheme: str) -> None:
    light, dark = (CONSOLE / "base.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")[:2]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light if scheme == "light" else dark))

    weak = [(text, ground) for text, ground in TEXT_ON_GROUND if contrast(colors[text], colors[ground]) < 4.5]

    assert weak == []
    assert contrast(colors["edge"], colors["paper"]) >= 3
    assert contrast(colors["focus"], colors["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
