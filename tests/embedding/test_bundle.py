"""The widgets as one pinned file: it works under the strictest policy, and a changed byte keeps it from running."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.bundle import WIDGETS, Bundle, CannotBundle, make, write
from tests.embedding.calling import call
from tests.embedding.front import shop_front
from tests.embedding.street import Street

POLICY = (
    "default-src 'none'; script-src {host}; connect-src 'self' {host}; style-src 'none'; "
    "require-trusted-types-for 'script'"
)
WIDGET = '<regulars-member-centre shop="tea" token-url="/regulars-token"></regulars-member-centre>'


@pytest.fixture
def published(street: Street, bundle: Bundle) -> Path:
    """The bundle where the front port finds it."""
    return write(bundle, street.root / "build" / "widgets")


def module(folder: Path, name: str, source: str) -> None:
    (folder / "texts").mkdir(exist_ok=True)
    (folder / f"{name}.js").write_text(source)


class TestMaking:
    def test_the_same_files_give_the_same_bytes(self, bundle: Bundle) -> None:
        assert make().content == bundle.content

    def test_a_changed_text_is_another_version(self, tmp_path: Path) -> None:
        module(tmp_path, "texts", "export function supplyTexts() {}\n")
        module(tmp_path, "regulars", 'import { supplyTexts } from "./texts.js";\n')
        versions = []
        for text in ('{"a": "one"}', '{"a": "two"}'):
            (tmp_path / "texts" / "en.json").write_text(text)
            versions.append(make(tmp_path).version)

        assert len(set(versions)) == 2

    def test_every_module_and_catalogue_is_in_it(self, bundle: Bundle) -> None:
        content = bundle.content.decode()

        assert [
            file.name for file in WIDGETS.glob("*.js") if f"const ${file.stem.replace('-', '_')} =" not in content
        ] == []
        assert content.count(".supplyTexts(") == 2

    def test_it_imports_nothing_for_a_hash_covers_one_file_only(self, bundle: Bundle) -> None:
        assert re.findall(r"^\s*(?:import|export)\b.*|\bimport\(", bundle.content.decode(), re.MULTILINE) == []

    @pytest.mark.parametrize(
        "source",
        [
            'import regulars from "./other.js";',
            'import * as other from "./other.js";',
            'const other = await import("./other.js");',
            'import { a } from "https://elsewhere.example/a.js";',
            'export * from "./other.js";',
            "export default 1;",
            "export let counter = 0;",
            "export const { a, b } = pair;",
            '  import { a } from "./other.js";',
        ],
    )
    def test_what_it_does_not_understand_is_refused(self, tmp_path: Path, source: str) -> None:
        module(tmp_path, "other", "export const a = 1;\n")
        module(tmp_path, "regulars", f"{source}\n")

        with pytest.raises(CannotBundle, match=r"regulars\.js"):
            make(tmp_path)

    def test_a_circle_of_imports_is_refused(self, tmp_path: Path) -> None:
        module(tmp_path, "one", 'import { two } from "./regulars.js";\nexport const one = 1;\n')
        module(tmp_path, "regulars", 'import { one } from "./one.js";\nexport const two = 2;\n')

        with pytest.raises(CannotBundle, match=r"regulars\.js → one\.js → regulars\.js"):
            make(tmp_path)

    def test_an_earlier_version_stays_where_it_is(self, tmp_path: Path) -> None:
        files = [write(Bundle(content), tmp_path) for content in (b"one", b"two")]

        assert [file.read_bytes() for file in files] == [b"one", b"two"]


class TestServing:
    def test_a_version_may_be_kept_for_ever(self, street: Street, bundle: Bundle, published: Path) -> None:
        answer = call(street.url, f"/widgets/{bundle.version}/regulars.js")

        assert answer.body == published.read_bytes()
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["access-control-allow-origin"] == "*"

    def test_a_customer_checks_in_under_a_policy_that_allows_no_styles(
        self, street: Street, bundle: Bundle, published: Path, page: Page
    ) -> None:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        token = f'{{"token": "{street.shop.token("u-bundle")}"}}'.encode()

        with shop_front(
            bundle.tag(street.url) + WIDGET, policy=POLICY.format(host=street.url), token=lambda: (200, token)
        ) as url:
            page.goto(url)
            page.locator("regulars-signin [part~=check-in]").click()
            expect(page.locator("regulars-account .value")).to_have_text("5")

        assert [address for address in asked if "/widgets/" in address] == [
            f"{street.url}/widgets/{bundle.version}/regulars.js"
        ]

    @pytest.mark.parametrize("place", [0, 40_000, -2])
    def test_the_browser_refuses_a_file_with_one_byte_changed(
        self, street: Street, bundle: Bundle, published: Path, page: Page, place: int
    ) -> None:
        changed = bytearray(bundle.content)
        changed[place] ^= 1
        published.write_bytes(changed)

        with (
            shop_front(bundle.tag(street.url) + WIDGET) as url,
            page.expect_console_message(lambda line: "integrity" in line.text),
        ):
            page.goto(url)

        assert page.evaluate("customElements.get('regulars-member-centre') === undefined")

    def test_both_on_one_page_do_no_harm(self, street: Street, bundle: Bundle, published: Path, page: Page) -> None:
        moving = f'<script type="module" src="{street.url}/widgets/v1/regulars.js"></script>'
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))

        with shop_front(bundle.tag(street.url) + moving + WIDGET) as url:
            page.goto(url)
            expect(page.locator("regulars-account")).to_contain_text("Log in to see your points.")

        assert broken == []
