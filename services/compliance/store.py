"""Chunks, scores and the shop's nightly job in their tables; what goes to the queues is in queues.py."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.compliance.chunks import SLICES, Chunk
from shared import clock, ids, tables
from shared.cache import Recent
from shared.schema import ChunkRow, ScoreRow, ShopRow
from shared.tables import LostRace

KEPT = timedelta(days=400)
"""How long messages are kept: a year of days that can be scored again, and some room."""

JOB = "score"
JOB_SLICES = 4

# ── chunks ───────────────────────────────────────────────────────────────────────────────────────


def save_chunk(shop: str, chunk: Chunk) -> None:
    """Write a chunk. A chunk is named by what it says: writing it again changes nothing."""
    ended = datetime.combine(chunk.day + timedelta(days=1), time(), UTC)
    row = ChunkRow(
        _chunks(shop, chunk.day, chunk.slice),
        f"chunk#{chunk.name}",
        packed=chunk.packed,
        messages=chunk.count,
        expires_at=int((max(ended, clock.now()) + KEPT).timestamp()),
    )
    with contextlib.suppress(LostRace):
        tables.save(row, ChunkRow.pk.does_not_exist())


def load_chunks(shop: str, utc_days: Iterable[date]) -> list[bytes]:
    """Every chunk of these days, packed, by consistent reads."""
    partitions = [_chunks(shop, day, number) for day in utc_days for number in range(SLICES)]
    return [
        row.packed
        for partition in partitions
        for row in ChunkRow.query(partition, ChunkRow.sk.startswith("chunk#"), consistent_read=True)
    ]


def _chunks(shop: str, day: date, number: int) -> str:
    return f"{shop}#{day.isoformat()}#{number}"


# ── scores ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Score:
    """A day's score: ``body`` is the result's own text."""

    day: date
    ruleset: str
    digest: str
    body: str
    scored_at: datetime
    version: int


def find_latest(shop: str, day: date, ruleset: str) -> Score | None:
    """The latest score of a day by a ruleset, as it is now."""
    row = tables.find(ScoreRow, shop, _latest(day, ruleset))
    return _score(row) if row else None


def save_score(shop: str, score: Score) -> None:
    """Keep a score for good. The same input by the same rules is the same score: it is written once."""
    key = f"score#{score.ruleset}#{score.digest}"
    row = _row(f"{shop}#{score.day.isoformat()}", key, score)
    with contextlib.suppress(LostRace):
        tables.save(row, ScoreRow.pk.does_not_exist())


def move_latest(shop: str, score: Score) -> None:
    """Make this score the day's latest. Raises LostRace when another became it since ``score.version`` was chosen.

    A run reads which is the latest before it reads the messages, so one that moves it began reading after the one
    before it had moved it.
    """
    row = _row(shop, _latest(score.day, score.ruleset), score)
    first = score.version == 1
    tables.save(row, ScoreRow.pk.does_not_exist() if first else ScoreRow.version == score.version - 1)


@dataclass(frozen=True)
class Page:
    """Some scores, the latest day first, and where the next page begins."""

    scores: Sequence[Score]
    after: str | None


def list_latest(shop: str, *, limit: int, after: str | None) -> Page:
    """The latest score of each day, the latest day first."""
    found = ScoreRow.query(
        shop,
        ScoreRow.sk.startswith("latest#"),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": shop}, "sk": {"S": after}} if after else None,
    )
    scores = [_score(row) for row in found]
    more = found.last_evaluated_key
    return Page(scores, more["sk"]["S"] if more else None)


def _latest(day: date, ruleset: str) -> str:
    return f"latest#{day.isoformat()}#{ruleset}"


def _row(pk: str, sk: str, score: Score) -> ScoreRow:
    at = clock.rfc3339(score.scored_at)
    return ScoreRow(pk, sk, body=score.body, digest=score.digest, at=at, version=score.version)


def _score(row: ScoreRow) -> Score:
    _, day, ruleset = row.sk.split("#", 2)
    return Score(date.fromisoformat(day), ruleset, row.digest, row.body, clock.parse(row.at), row.version)


# ── the nightly job ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Job:
    """A shop's nightly scoring: ``day`` is to be scored at ``due_at``, which is text of fixed width."""

    shop: str
    day: date
    due_at: str


_known: Recent[bool] = Recent(seconds=3600)


def ensure_job(shop: str, day: date, due_at: datetime) -> None:
    """Give the shop its nightly job, beginning with ``day``, if it has none."""
    _known.get(shop, lambda: _make_job(shop, day, due_at))


def _make_job(shop: str, day: date, due_at: datetime) -> bool:
    if tables.find(ShopRow, shop, f"job#{JOB}") is None:
        with contextlib.suppress(LostRace):
            tables.save(_job_row(shop, day, due_at), ShopRow.pk.does_not_exist())
    return True


def due_jobs(number: int, now: datetime) -> Iterator[Job]:
    """The jobs of one slice that are due, by an index that may be a moment behind."""
    for row in ShopRow.by_due.query(f"{JOB}#{number}", ShopRow.due_at <= clock.fixed_width(now)):
        yield Job(row.pk, date.fromisoformat(json.loads(row.body)["date"]), row.due_at or "")


def move_job(job: Job, day: date, due_at: datetime) -> None:
    """Let the job wait for ``day``, unless another tick has moved it already."""
    with contextlib.suppress(LostRace):
        tables.save(_job_row(job.shop, day, due_at), ShopRow.due_at == job.due_at)


def _job_row(shop: str, day: date, due_at: datetime) -> ShopRow:
    return ShopRow(
        shop,
        f"job#{JOB}",
        body=json.dumps({"date": day.isoformat()}),
        due=f"{JOB}#{ids.slice_of(shop, JOB_SLICES)}",
        due_at=clock.fixed_width(due_at),
    )


def clear_cache() -> None:
    """Forget which shops are known to have their job: the tables were emptied."""
    _known.clear()
