"""`make deploy`, `make undeploy`, `make bootstrap`, `make republish` and `make restore`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError, PartialCredentialsError

from infra import bundle
from infra.alarms.template import CannotWatch
from infra.deploy import functions
from infra.deploy.deployment import Deployment, Options
from infra.deploy.release import Release
from infra.deploy.restoring import restore
from infra.deploy.stage import STAGES, CannotDeploy, Stage, find_stage
from infra.deploy.undeployment import undeploy
from infra.local.paths import ROOT

REFUSED_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
NO_CREDENTIALS = (
    "There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_REGION."
)


def main(given: Sequence[str]) -> int:
    """Do one of the five; the exit status."""
    arguments = _parse(given)
    try:
        session = boto3.Session()
        stage = find_stage(
            session, arguments.stage, arguments.prefix or f"regulars-{arguments.stage}", account=arguments.account
        )
        ACTIONS[arguments.action](session, stage, arguments)
    except (CannotDeploy, CannotWatch, BotoCoreError, ClientError) as error:
        print(explained(error), file=sys.stderr)
        return 1
    return 0


def explained(error: Exception) -> str:
    """What went wrong, for whoever deploys."""
    match error:
        case NoCredentialsError() | PartialCredentialsError():
            return NO_CREDENTIALS
        case NoRegionError():
            return "There is no AWS region. Set AWS_REGION, such as AWS_REGION=eu-central-1."
        case ClientError() if error.response["Error"]["Code"] in REFUSED_CREDENTIALS:
            return f"AWS does not accept these credentials: {error.response['Error'].get('Message')}"
        case ClientError():
            return f"AWS refused {error.operation_name}: {error.response['Error'].get('Message')}"
    return str(error)


def _parse(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make", description="A stage of Regulars in an AWS account.")
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("--stage", required=True, choices=STAGES)
    parser.add_argument("--prefix", help="what all names begin with, regulars-STAGE without it")
    parser.add_argument("--account", help="refuse to work in any other account")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--email", help="whom the alarms tell")
    parser.add_argument("--domain", help="a host name of your own, with --certificate")
    parser.add_argument("--certificate", help="its certificate in us-east-1 (ARN)")
    parser.add_argument("--rotate", action="store_true", help="bootstrap: replace the platform's key")
    parser.add_argument("--since", type=_moment, help="republish: from when on, RFC 3339")
    # An option that make passes on empty is one that was not given.
    arguments = parser.parse_args([each for each in given if not each.endswith("=")])
    if bool(arguments.domain) != bool(arguments.certificate):
        parser.error("a domain needs its certificate, and a certificate its domain")
    if arguments.action == "republish" and not arguments.since:
        parser.error("republish needs SINCE, such as SINCE=2026-11-25T08:00:00Z")
    return arguments


def _moment(text: str) -> str:
    try:
        zone = datetime.fromisoformat(text).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment with its zone, such as 2026-11-25T08:00:00Z")
    return text


def _ask(*, yes: bool) -> Callable[[str], bool]:
    def ask(question: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise CannotDeploy("Nobody is here to be asked. YES=1 answers yes to everything.")
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}

    return ask


def _deploy(session: boto3.Session, stage: Stage, arguments: argparse.Namespace) -> None:
    release = Release.load(ROOT / "build" / stage.name, stage.name)
    options = Options(arguments.email, arguments.domain, arguments.certificate)
    print(f"Deploying {stage}", flush=True)
    deployment = Deployment(session, stage, release, _ask(yes=arguments.yes), options)
    changed = deployment.run()
    print("Deployed." if changed else "Nothing to change.", end="\n\n")
    print(f"  console  {deployment.address}/console/\n  widgets  {bundle.make().tag(deployment.address)}")


def _undeploy(session: boto3.Session, stage: Stage, arguments: argparse.Namespace) -> None:
    print(f"Taking away {stage}", flush=True)
    gone = undeploy(session, stage, _ask(yes=arguments.yes))
    print("Gone. `make deploy` brings it back, with its data." if gone else "There is nothing to take away.")


def _bootstrap(session: boto3.Session, stage: Stage, arguments: argparse.Namespace) -> None:
    key = functions.bootstrap(session, stage, rotate=arguments.rotate)
    if key is None:
        print("The platform's key was made before, and shown then. Lost? ROTATE=1 makes another and withdraws it.")
    else:
        print(f"The platform's key, shown this once. Keep it where you keep passwords:\n\n  {key}\n")


def _republish(session: boto3.Session, stage: Stage, arguments: argparse.Namespace) -> None:
    told = functions.republish(session, stage, arguments.since)
    print(f"{told} events told again since {arguments.since}. Whoever has heard of them knows it.")


def _restore(session: boto3.Session, stage: Stage, arguments: argparse.Namespace) -> None:
    print(f"Bringing back {stage}", flush=True)
    written = restore(session, stage, _ask(yes=arguments.yes))
    print("Restored. Tell again what is due: make republish." if written else "The tables are as their copies are.")


ACTIONS = {
    "deploy": _deploy,
    "undeploy": _undeploy,
    "bootstrap": _bootstrap,
    "republish": _republish,
    "restore": _restore,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
