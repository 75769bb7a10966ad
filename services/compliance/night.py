"""The night: messages are packed as they come, each shop's day falls due after its midnight, and is scored.

Every step may be repeated, late or cut short anywhere: whoever does it again writes the same.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from services.compliance import chunks, day, queues, ruleset, store, window
from services.compliance.chatlog import Message
from services.compliance.day import DayLog, Source
from services.compliance.ruleset import Ruleset
from services.compliance.store import Job, Score
from services.compliance.window import Window
from shared import clock, logs, tables
from shared.errors import Conflict

CAUGHT_UP_DAYS = 31
"""After a long gap one tick asks for so many days of a shop; the next tick for the following ones."""

ALMOST = timedelta(minutes=1)
"""Machines' clocks differ a little: a day that is almost due may be being scored already."""


def rules_of(shop: str) -> Ruleset:
    """The rules that apply to a shop. So far every shop has the default."""
    del shop
    return ruleset.default()


# ── packing ──────────────────────────────────────────────────────────────────────────────────────


def pack(part: Mapping[str, Any]) -> None:
    """Write a part's messages as chunks, and have days scored again that were scored without them."""
    shop, messages = chunks.read_part(part)
    hours = window.of(rules_of(shop))
    for chunk in chunks.cut(messages):
        store.save_chunk(shop, chunk)
    # Only now: a chunk that was written before its day fell due is read by that day's score.
    now = clock.now()
    coming = hours.next_day(now)
    store.ensure_job(shop, coming, hours.due_at(coming))
    _ask([(shop, late) for late in late_days(messages, hours, now)])


def late_days(messages: Iterable[Message], hours: Window, now: datetime) -> list[date]:
    """The days these messages touch that are due already."""
    touched = {each for message in messages for each in hours.days_of(message)}
    return sorted(each for each in touched if hours.due_at(each) <= now + ALMOST)


def _ask(asked: list[queues.Ask]) -> None:
    if queues.ask_scores(asked):
        msg = "some days were not queued for scoring"
        raise RuntimeError(msg)


# ── the tick ─────────────────────────────────────────────────────────────────────────────────────


def tick() -> int:
    """Have every day scored that fell due; returns how many were asked for.

    A job is moved to its next day only after its message is in the queue: a tick that dies in between asks twice, and
    the second score finds nothing to change.
    """
    now = clock.now()
    return sum(_run(batch, now) for number in range(store.JOB_SLICES) for batch in _batches(number, now))


def _batches(number: int, now: datetime) -> Iterable[list[Job]]:
    jobs = store.due_jobs(number, now)
    while batch := list(islice(jobs, queues.BATCH)):
        yield batch


def _run(batch: list[Job], now: datetime) -> int:
    due = {job: _due_days(job, now) for job in batch}
    asked = [(job.shop, each) for job, days in due.items() for each in days]
    failed = queues.ask_scores(asked)
    for job, days in due.items():
        if not failed & {(job.shop, each) for each in days}:
            _move(job, days)
    logs.event("scores_due", shops=len(batch), days=len(asked), failed=len(failed))
    return len(asked) - len(failed)


def _due_days(job: Job, now: datetime) -> list[date]:
    return list(islice(window.of(rules_of(job.shop)).days_due(job.day, now), CAUGHT_UP_DAYS))


def _move(job: Job, done: list[date]) -> None:
    following = done[-1] + timedelta(days=1) if done else job.day
    store.move_job(job, following, window.of(rules_of(job.shop)).due_at(following))


# ── scoring ──────────────────────────────────────────────────────────────────────────────────────


def score(asked: Mapping[str, Any]) -> None:
    """Score a shop's day from what is retained of it now. Raises Conflict when other runs kept coming between."""
    shop, which = str(asked["shop"]), date.fromisoformat(asked["date"])
    rules = rules_of(shop)
    for _ in tables.attempts():
        # Before the messages are read: who moves `latest` on from here has read them later than who moved it here.
        latest = store.find_latest(shop, which, rules.id)
        made = _made(read_day(shop, which, rules), latest)
        if latest and latest.digest == made.digest:
            return
        store.save_score(shop, made)
        try:
            store.move_latest(shop, made)
        except tables.LostRace:
            continue
        _log(shop, made)
        return
    raise Conflict


def read_day(shop: str, which: date, rules: Ruleset) -> DayLog:
    """The log of a shop's day from its chunks."""
    return day.read(rules, which, source(shop, which, rules))


def source(shop: str, which: date, rules: Ruleset) -> Source:
    """What is retained of a shop's day and its neighbours, to be gone through any number of times."""
    packed = store.load_chunks(shop, window.of(rules).utc_days(which))
    return lambda: (message for each in packed for message in chunks.unpack(each))


def _made(log: DayLog, latest: Score | None) -> Score:
    result = log.result()
    return Score(
        day=log.day,
        ruleset=log.rules.id,
        digest=str(result["input_digest"]),
        body=day.spelled(result),
        scored_at=clock.now(),
        version=latest.version + 1 if latest else 1,
    )


def _log(shop: str, made: Score) -> None:
    told = json.loads(made.body)
    rate = told["reply"]["rate"]
    logs.event("day_scored", shop=shop, date=made.day.isoformat(), ruleset=made.ruleset, rate=rate, n=told["messages"])
