"""One deployment from beginning to end, in waves: what a wave needs to know, the wave before has brought about."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra import bundle
from infra.alarms.template import make as make_alarms
from infra.deploy.changes import written
from infra.deploy.release import Release, Uploads
from infra.deploy.stacks import ChangeSet, Stacks, Wanted
from infra.deploy.stage import ALARMS, ARTIFACTS, BACKUP, EDGE, PLATFORM, CannotDeploy, Session, Stage
from infra.deploy.website import SitePlan, Website, pages
from infra.local.console import say
from infra.local.paths import ROOT
from infra.template import read_template

TEMPLATES = ROOT / "infra"
PROD = "prod"
EVERYTHING = "/*"
"""What CloudFront is to forget; one path, whatever it covers, is one on the bill."""

Ask = Callable[[str], bool]


@dataclass(frozen=True)
class Options:
    """What a stage may be told; None leaves it as it is."""

    email: str | None = None
    domain: str | None = None
    certificate: str | None = None


@dataclass
class Deployment:
    """Brings an installation to what a release says. Changes are printed, then ``ask`` says whether to make them."""

    session: Session
    stage: Stage
    release: Release
    ask: Ask
    options: Options = field(default_factory=Options)
    root: Path = ROOT
    """The checkout whose site is shown."""
    templates: Path = TEMPLATES

    def __post_init__(self) -> None:
        self.stacks = Stacks(self.session.client("cloudformation"), self.stage)

    def run(self) -> bool:
        """Deploy; whether anything was changed. Raises CannotDeploy, before a wave changes anything if it can."""
        changed = self._wave(self._foundations())
        uploads = Uploads(self.session, self.stage)
        uploads.code(self.release)
        layer = uploads.layer(self.release)
        services = [self._service(name, layer, uploads) for name in self.release.services]
        changed |= self._wave([*services, self._alarms(uploads)])
        return self._wave([self._edge(uploads)], self._site()) or changed

    # ── waves ────────────────────────────────────────────────────────────────────────────────────

    def _wave(self, wanted: Sequence[Wanted], site: SitePlan | None = None) -> bool:
        """Show what a wave would change, ask, and change it; whether there was anything to."""
        with ExitStack() as undo:
            asked = []
            for each in wanted:
                asked.append(self.stacks.ask(each))
                undo.callback(self.stacks.discard, asked[-1])
            change_sets = [found for each in asked if (found := self.stacks.work_out(each))]
            if change_sets or site:
                self._agree(change_sets, site)
            undo.pop_all()
        self.stacks.execute(change_sets)
        if site:
            self._publish(site)
        return bool(change_sets or site)

    def _agree(self, change_sets: Sequence[ChangeSet], site: SitePlan | None) -> None:
        for each in change_sets:
            print("\n".join(written(each.name, each.changes, new=each.new)), end="\n\n")
        if site:
            print("\n".join(site.written()), end="\n\n")
        lost = [
            f"{each.name}: {change.logical_id}" for each in change_sets for change in each.changes if change.loses_data
        ]
        if lost:
            raise CannotDeploy(
                f"Refused: this would replace or drop what holds data ({', '.join(lost)}). Nothing of it was changed. "
                "Bring in what is new beside what is there, and move the data: docs/operations.md, “Upgrade”."
            )
        if not self.ask("Make these changes?"):
            raise CannotDeploy("Left as it was.")

    # ── what is wanted ───────────────────────────────────────────────────────────────────────────

    def _foundations(self) -> list[Wanted]:
        """What holds data. These templates are sent along: there is no bucket for them yet."""
        parts = (ARTIFACTS, PLATFORM, BACKUP) if self.stage.name == PROD else (ARTIFACTS, PLATFORM)
        told = {PLATFORM: {"Stage": self.stage.name}}
        return [
            self._wanted(part, {"TemplateBody": self._text(f"{part}.yaml")}, **told.get(part, {})) for part in parts
        ]

    def _service(self, name: str, layer: str, uploads: Uploads) -> Wanted:
        template = _uploaded(uploads, name, self.release.template(name))
        code = {"CodeBucket": self.stage.code_bucket, "CodeKey": self.release.code_key(name)}
        return self._wanted(name, template, LayerArn=layer, **code)

    def _alarms(self, uploads: Uploads) -> Wanted:
        services = {name: self.release.template(name) for name in self.release.services}
        template = make_alarms(read_template(self._text("platform.yaml")), services)
        return self._wanted(ALARMS, _uploaded(uploads, ALARMS, template), Email=self.options.email)

    def _edge(self, uploads: Uploads) -> Wanted:
        template = self._text("edge.yaml").encode()
        apis = {
            f"{name.capitalize()}Api": self.stacks.outputs(self.stage.stack(name))["ApiId"]
            for name in self.release.services
        }
        told = uploads.template(EDGE, template, hashlib.sha256(template).hexdigest())
        domain = {"DomainName": self.options.domain, "CertificateArn": self.options.certificate}
        return self._wanted(EDGE, told, **apis, **domain)

    def _wanted(self, part: str, template: Mapping[str, str], **parameters: str | None) -> Wanted:
        return Wanted(self.stage.stack(part), template, {"Prefix": self.stage.prefix, **parameters})

    def _text(self, template: str) -> str:
        return (self.templates / template).read_text("utf-8")

    # ── the site ─────────────────────────────────────────────────────────────────────────────────

    def _website(self) -> Website:
        return Website(self.session.client("s3"), self.stage.site_bucket)

    def _site(self) -> SitePlan:
        return self._website().plan(pages(self.root, bundle.make()))

    def _publish(self, plan: SitePlan) -> None:
        self._website().apply(plan)
        say("site", f"{len(plan.uploads)} files uploaded, {len(plan.removals)} removed")
        host = self.stacks.outputs(self.stage.stack(EDGE))["DistributionId"]
        batch = {"Paths": {"Quantity": 1, "Items": [EVERYTHING]}, "CallerReference": secrets.token_hex(8)}
        self.session.client("cloudfront").create_invalidation(DistributionId=host, InvalidationBatch=batch)

    @property
    def address(self) -> str:
        """Where the installation is to be found once it is deployed."""
        return f"https://{self.stacks.outputs(self.stage.stack(EDGE))['HostName']}"


def _uploaded(uploads: Uploads, name: str, template: Mapping[str, Any]) -> Mapping[str, str]:
    body = json.dumps(template, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return uploads.template(name, body, hashlib.sha256(body).hexdigest())
