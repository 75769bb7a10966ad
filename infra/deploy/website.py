"""The files of the site in their bucket: each with its type and how long it may be kept."""

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.bundle import ENTRY, Bundle
from infra.site import FOR_EVER, deployed, is_versioned, type_of

UNTIL_CHANGED = "public, max-age=0, s-maxage=300, must-revalidate"
"""Browsers ask CloudFront every time; CloudFront asks S3 every five minutes, and at once after an upload."""
AT_ONCE = 8
"""Fewer than the connections that a client keeps."""


@dataclass(frozen=True)
class Page:
    """A file as it should be in the bucket."""

    key: str
    body: bytes
    type: str

    @property
    def caching(self) -> str:
        return FOR_EVER if is_versioned(f"/{self.key}") else UNTIL_CHANGED

    @property
    def form(self) -> tuple[str, str, str]:
        """What S3 says of it when it is there: ETag (of a file that is sent in one piece, its MD5), type, caching."""
        return hashlib.md5(self.body, usedforsecurity=False).hexdigest(), self.type, self.caching


@dataclass(frozen=True)
class SitePlan:
    """What is to be done in the bucket."""

    uploads: tuple[Page, ...]
    removals: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.uploads or self.removals)

    def written(self) -> Iterator[str]:
        """The plan as lines, by folder."""
        yield f"site: {len(self.uploads)} files to upload, {len(self.removals)} to remove"
        folders: dict[str, int] = {}
        for page in self.uploads:
            folder = page.key.rpartition("/")[0] or "/"
            folders[folder] = folders.get(folder, 0) + 1
        for folder, count in folders.items():
            yield f"  ~ {folder} ({count})"
        for key in self.removals:
            yield f"  - {key}"


def pages(root: Path, bundle: Bundle) -> dict[str, Page]:
    """Every file of the site by key, the bundle under its version among them."""
    found = {
        address[1:]: Page(address[1:], file.read_bytes(), type_of(file)) for address, file in deployed(root).items()
    }
    key = f"widgets/{bundle.version}/{ENTRY}"
    return found | {key: Page(key, bundle.content, type_of(Path(ENTRY)))}


class Website:
    """The bucket of the site."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def plan(self, wanted: Mapping[str, Page]) -> SitePlan:
        """What differs. Versions of the bundle are never removed: shops' pages may name any of them."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            forms = dict(zip(wanted, pool.map(self._form, wanted), strict=True))
        changed = [page for key, page in wanted.items() if forms[key] != page.form]
        gone = [key for key in self._keys() if key not in wanted and not is_versioned(f"/{key}")]
        # Pages last: they name the files that must be there by then.
        return SitePlan(tuple(sorted(changed, key=lambda page: page.key.endswith(".html"))), tuple(gone))

    def apply(self, plan: SitePlan) -> None:
        """Upload, then remove."""
        for page in plan.uploads:
            self._s3.put_object(
                Bucket=self._bucket, Key=page.key, Body=page.body, ContentType=page.type, CacheControl=page.caching
            )
        for key in plan.removals:
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _form(self, key: str) -> tuple[str, str, str] | None:
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                return None
            raise
        return head["ETag"].strip('"'), head.get("ContentType", ""), head.get("CacheControl", "")

    def _keys(self) -> Iterator[str]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            yield from (each["Key"] for each in page.get("Contents", []))
