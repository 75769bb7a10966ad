"""infra/edge.yaml shows the same host as the local front port does: addresses, headers, caching."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from infra.local.paths import ROOT
from infra.local.static import Site
from infra.site import EMBEDDING, PAGE_POLICY, SECURITY, deployed
from infra.template import read_template

BODY = (ROOT / "infra" / "edge.yaml").read_text(encoding="utf-8")
RESOURCES: dict[str, dict[str, Any]] = read_template(BODY)["Resources"]
HOST: dict[str, Any] = RESOURCES["Host"]["Properties"]["DistributionConfig"]
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/app.py"))
PAGES = ("/console/", "/docs", "/docs/", "/m/green-field-tea", "/m/green-field-tea/", "/m/%E9%9D%92")
FILES = ("/widgets/v1/regulars.js", "/member/member.css", "/console/texts/en.json", "/openapi.json", "/docs/docs.js")


def headers_of(policy: str) -> dict[str, str]:
    """What a response headers policy adds, by header."""
    config = RESOURCES[policy]["Properties"]["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    added = {each["Header"]: each["Value"] for each in config["CustomHeadersConfig"]["Items"]}
    if "ContentSecurityPolicy" in security:
        added["Content-Security-Policy"] = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if "CorsConfig" in config:
        added["Access-Control-Allow-Origin"] = ", ".join(config["CorsConfig"]["AccessControlAllowOrigins"]["Items"])
    added["X-Content-Type-Options"] = "nosniff" if "ContentTypeOptions" in security else ""
    added["X-Frame-Options"] = security["FrameOptions"]["FrameOption"]
    added["Referrer-Policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    added["Strict-Transport-Security"] = str(security["StrictTransportSecurity"]["AccessControlMaxAgeSec"])
    return added


def test_every_service_answers_under_its_own_path_which_goes_through_as_it_came() -> None:
    behaviours = {each["PathPattern"]: each["TargetOriginId"] for each in HOST["CacheBehaviors"]}
    origins = {each["Id"]: each for each in HOST["Origins"] if each["Id"] != "site"}

    assert behaviours == {f"/{name}/v1/*": name for name in SERVICES}
    assert sorted(origins) == SERVICES
    assert all(origins[name]["DomainName"].startswith(f"${{{name.capitalize()}Api}}.") for name in SERVICES)
    assert not any("OriginPath" in origin for origin in origins.values())


def test_an_api_hears_every_method_and_header_but_the_host_and_nothing_is_kept() -> None:
    forwarded = RESOURCES["AllButHost"]["Properties"]["OriginRequestPolicyConfig"]
    kept = RESOURCES["Uncached"]["Properties"]["CachePolicyConfig"]

    assert forwarded["HeadersConfig"] == {"HeaderBehavior": "allExcept", "Headers": ["Host"]}
    assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert (kept["MinTTL"], kept["DefaultTTL"], kept["MaxTTL"]) == (0, 0, 0)
    for each in HOST["CacheBehaviors"]:
        assert (each["CachePolicyId"], each["OriginRequestPolicyId"]) == ("Uncached", "AllButHost")
        assert set(each["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}


def test_nothing_is_answered_in_the_clear() -> None:
    assert HOST["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert {each["ViewerProtocolPolicy"] for each in HOST["CacheBehaviors"]} == {"https-only"}
    assert {origin["CustomOriginConfig"]["OriginProtocolPolicy"] for origin in HOST["Origins"][1:]} == {"https-only"}


def test_no_error_page_stands_in_for_an_apis_own_answer() -> None:
    assert "CustomErrorResponses" not in HOST


def test_only_the_host_reads_the_bucket_of_the_site() -> None:
    _, reads = RESOURCES["SitePolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert reads["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert list(reads["Condition"]["StringEquals"]) == ["aws:SourceArn"]
    assert reads["Condition"]["StringEquals"]["aws:SourceArn"].endswith("distribution/${Host}")


def test_a_file_is_sent_with_the_headers_that_the_local_host_sends_and_with_hsts() -> None:
    page = {**SECURITY, **EMBEDDING, "Content-Security-Policy": PAGE_POLICY, "Strict-Transport-Security": "31536000"}

    assert headers_of("SiteHeaders") == page


def test_an_api_is_sent_with_the_headers_that_the_local_host_adds_and_its_own_go_first() -> None:
    policy = RESOURCES["ApiHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]

    assert headers_of("ApiHeaders") == {**SECURITY, "Strict-Transport-Security": "31536000"}
    assert not any(each["Override"] for each in policy["CustomHeadersConfig"]["Items"])
    assert {name for name, each in policy["SecurityHeadersConfig"].items() if each["Override"]} == {
        "StrictTransportSecurity"
    }


def test_no_name_is_tied_to_one_partition() -> None:
    hosts = [origin["DomainName"] for origin in HOST["Origins"]]

    assert "arn:aws:" not in BODY
    assert all(host.endswith("${AWS::URLSuffix}") for host in hosts)


@pytest.fixture(scope="module")
def edge(browser: Browser) -> Any:
    """The edge's function: addresses → what it makes of each."""
    code = RESOURCES["Addresses"]["Properties"]["FunctionCode"]
    page = browser.new_page()

    def run(addresses: list[str]) -> list[dict[str, Any]]:
        asked = f"(addresses) => {{ {code}; return addresses.map((uri) => handler({{ request: {{ uri }} }})); }}"
        answers: list[dict[str, Any]] = page.evaluate(asked, addresses)
        return answers

    yield run
    page.close()


@pytest.mark.browser
def test_an_address_means_the_same_file_as_on_the_local_host(edge: Any) -> None:
    shown, local = deployed(ROOT), Site(ROOT)
    addresses = [*PAGES, *FILES]

    objects = [answer["uri"] for answer in edge(addresses)]

    for address, key in zip(addresses, objects, strict=True):
        reply = local.answer(address)
        assert reply, address
        assert shown[key].read_bytes() == reply.body, address


@pytest.mark.browser
def test_the_bare_host_and_the_console_lead_to_the_consoles_folder(edge: Any) -> None:
    home, console = edge(["/", "/console"])

    assert (home["statusCode"], console["statusCode"]) == (302, 308)
    assert {each["headers"]["location"]["value"] for each in (home, console)} == {"/console/"}


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/m/", "/m/a/b", "/m", "/mm/a", "/docs/ui", "/consoles"])
def test_what_only_looks_like_a_page_stays_what_it_is(edge: Any, address: str) -> None:
    (answer,) = edge([address])

    assert answer["uri"].removesuffix("index.html") == address


def test_the_deployed_host_shows_no_demo_no_hidden_file_and_no_bundle_of_somebodys_build(tmp_path: Path) -> None:
    files = ("build/widgets/0123456789abcdef/regulars.js", "services/storefront/demo/demo.js")
    for name in (*files, "services/storefront/widgets/.hidden", "services/storefront/widgets/core.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("//")

    shown = deployed(tmp_path)

    assert sorted(shown) == ["/docs/index.html", "/openapi.json", "/widgets/v1/core.js"]
    assert shown["/docs/index.html"] == tmp_path / "services" / "storefront" / "docs" / "missing.html"
