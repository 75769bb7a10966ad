"""Definitions in a table: the current one under its shop, every version beside it, changes noted for the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared import audit, tables
from shared.cache import Recent
from shared.definitions.stored import Stored
from shared.errors import Conflict, Missing
from shared.rows import Part
from shared.schema import DefinitionRow
from shared.tables import LostRace

S = TypeVar("S", bound=Stored)


@dataclass(frozen=True)
class Page(Generic[S]):
    """Some definitions, and where the next page begins."""

    definitions: Sequence[S]
    after: str | None


class Shelf(Generic[S]):
    """All definitions of one sort (``what``, such as ``activity``) that lie in the table of ``row``."""

    def __init__(self, row: type[DefinitionRow], stored: type[S], what: str, recent: Recent[S]) -> None:
        self._row, self._stored, self._what, self._recent = row, stored, what, recent

    def load(self, shop: str, name: str) -> S:
        """The current definition, at most a minute old. Raises Missing."""
        return self._recent.get((shop, name), lambda: self.load_fresh(shop, name))

    def load_fresh(self, shop: str, name: str) -> S:
        """The current definition as it is now. Raises Missing."""
        row = tables.find(self._row, shop, name)
        if row is None:
            raise Missing
        return self.read(row)

    def read(self, row: DefinitionRow) -> S:
        """The definition in a row."""
        return self._stored.model_validate_json(row.body)

    def list_current(self, shop: str, *, limit: int, after: str | None = None) -> Page[S]:
        """The shop's current definitions, by id."""
        return self._list(shop, limit=limit, after=after, forward=True)

    def list_versions(self, shop: str, name: str, *, limit: int, after: str | None = None) -> Page[S]:
        """The versions of one definition, the latest first."""
        return self._list(_versions(shop, name), limit=limit, after=after, forward=False)

    def _list(self, pk: str, *, limit: int, after: str | None, forward: bool) -> Page[S]:
        found = self._row.query(
            pk,
            scan_index_forward=forward,
            limit=limit,
            page_size=limit,
            last_evaluated_key={"pk": {"S": pk}, "sk": {"S": after}} if after else None,
        )
        definitions = [self.read(row) for row in found]
        more = found.last_evaluated_key
        return Page(definitions, more["sk"]["S"] if more else None)

    def save(self, shop: str, stored: S, *, who: str, action: str, before: S | None, more: Sequence[Part] = ()) -> None:
        """Write a new version, keep it among the versions, note who did it; ``more`` goes with it. Raises Conflict.

        The former version must still be the current one, so of two changes at once only one is made.
        """
        body = stored.model_dump_json()
        current = self._row(shop, stored.id, body=body, version=stored.version)
        kept = self._row(_versions(shop, stored.id), number(stored.version), body=body, version=stored.version)
        unchanged = self._row.version == before.version if before else self._row.pk.does_not_exist()
        note = audit.part(
            shop,
            who=who,
            action=action,
            target=f"{self._what}:{stored.id}",
            before=before and before.model_dump(mode="json"),
            after=stored.model_dump(mode="json"),
        )
        try:
            tables.commit(
                [
                    lambda write: write.save(current, condition=unchanged),
                    lambda write: write.save(kept, condition=self._row.pk.does_not_exist()),
                    note,
                    *more,
                ]
            )
        except LostRace as error:
            raise Conflict("exists" if before is None else "conflict") from error
        self.forget(shop, stored.id)

    def find_version(self, shop: str, name: str, version: int) -> S | None:
        """One version, which never changes."""
        row = tables.find(self._row, _versions(shop, name), number(version), consistent=False)
        return self.read(row) if row else None

    def forget(self, shop: str, name: str) -> None:
        """The current definition is known to have changed."""
        self._recent.forget((shop, name))


def _versions(shop: str, name: str) -> str:
    return f"{shop}#{name}#versions"


def number(version: int) -> str:
    """A version as text that orders as numbers do."""
    return f"{version:06d}"
