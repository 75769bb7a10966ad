"""The night from ingest to score: idempotent packing, one message for each due shop, and the file's own bytes."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.compliance import chunks, night, queues, store, window
from services.compliance import score as offline
from services.compliance.store import Job
from shared import ids, tables
from shared.schema import ChunkRow, ScoreRow, ShopRow
from tests.compliance.chat import (
    DAY,
    a_day_of_chat,
    a_line,
    a_part,
    an_answer,
    at,
    deliver,
    drain,
    messages,
    tick,
    waiting,
)
from tests.faults.harness.units import count_units
from tests.support.shop import MovableClock, TestShop
from tests.support.tables import Platform

DUE = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
"""Half past midnight in Shanghai after :data:`DAY`."""
RULESET = "pinduoduo-2022"
ONE_DAY = timedelta(days=1)


def rows(kind: type[ChunkRow | ScoreRow]) -> list[tuple[str, str]]:
    prefix = "chunk#" if kind is ChunkRow else ("score#", "latest#")
    return sorted((row.pk, row.sk) for row in kind.scan(consistent_read=True) if row.sk.startswith(prefix))


def asked(platform: Platform) -> list[tuple[str, str]]:
    """The days that wait to be scored."""
    told = [json.loads(body) for body in waiting(platform, "scoring")]
    return sorted((each["shop"], each["date"]) for each in told)


def job(shop: str = "tea") -> dict[str, str]:
    row = tables.find(ShopRow, shop, "job#score")
    assert row
    return {"due": str(row.due), "due_at": str(row.due_at), **json.loads(row.body)}


def scored(day: date = DAY, shop: str = "tea") -> dict[str, Any]:
    found = store.find_latest(shop, day, RULESET)
    assert found
    return json.loads(found.body)


class TestPack:
    def test_messages_become_chunks_and_the_shop_gets_its_job(self, platform: Platform, tea: TestShop) -> None:
        said = a_day_of_chat(1)

        assert deliver("pack", [a_part("tea", said)]) == []

        kept = [message for row in ChunkRow.scan() for message in chunks.unpack(row.packed)]
        assert set(kept) == set(messages(said))
        assert {pk.rsplit("#", 1)[0] for pk, _ in rows(ChunkRow)} <= {"tea#2026-11-01", "tea#2026-11-02"}
        assert job() == {
            "due": f"score#{ids.slice_of('tea', 4)}",
            "due_at": "2026-11-02T16:30:00Z",
            "date": "2026-11-02",
        }
        assert asked(platform) == []

    def test_the_same_part_again_changes_nothing(self, platform: Platform, tea: TestShop, time: MovableClock) -> None:
        part = a_part("tea", a_day_of_chat(1))
        deliver("pack", [part])
        before = [(row.pk, row.sk, row.packed, row.expires_at) for row in ChunkRow.scan()]
        time.forward(minutes=5)

        deliver("pack", [part, part])

        assert [(row.pk, row.sk, row.packed, row.expires_at) for row in ChunkRow.scan()] == before

    def test_one_bad_part_stops_no_other(self, tea: TestShop) -> None:
        good, bad = a_part("tea", [a_line("10:00")]), '{"shop": "tea", "gzip": "?"}'

        assert deliver("pack", [bad, good, "{}"]) == [bad, "{}"]
        assert len(rows(ChunkRow)) == 1

    def test_chunks_end_after_their_day_and_not_before_they_were_written(self, tea: TestShop) -> None:
        deliver("pack", [a_part("tea", [a_line(at("10:00", date(2020, 1, 1))), a_line("10:00")])])

        ends = sorted(datetime.fromtimestamp(row.expires_at, UTC).date() for row in ChunkRow.scan())

        assert ends == [DAY + store.KEPT, DAY + ONE_DAY + store.KEPT]

    def test_a_shop_that_is_known_to_have_its_job_is_not_looked_up_again(self, tea: TestShop) -> None:
        night.pack(json.loads(a_part("tea", [a_line("10:00")])))

        with count_units() as units:
            night.pack(json.loads(a_part("tea", [a_line("11:00")])))

        assert units.calls == {"dynamodb.PutItem": 1}


class TestTick:
    def test_a_shop_is_asked_for_once_its_day_is_due_and_once_only(
        self, platform: Platform, tea: TestShop, time: MovableClock
    ) -> None:
        deliver("pack", [a_part("tea", [a_line("10:00")])])
        found = []
        for moment in (DUE - timedelta(seconds=1), DUE, DUE, DUE + timedelta(minutes=15)):
            time.at = moment
            tick()
            found.append(asked(platform))

        assert found == [[], [("tea", "2026-11-02")], [], []]
        assert job()["due_at"] == "2026-11-03T16:30:00Z"

    def test_a_late_tick_asks_all_the_same(self, platform: Platform, tea: TestShop, time: MovableClock) -> None:
        deliver("pack", [a_part("tea", [a_line("10:00")])])
        time.at = DUE + timedelta(hours=7, minutes=3)

        assert (tick(), asked(platform)) == (1, [("tea", "2026-11-02")])

    def test_after_a_gap_every_day_is_asked_for(self, platform: Platform, tea: TestShop, time: MovableClock) -> None:
        deliver("pack", [a_part("tea", [a_line("10:00")])])
        time.at = DUE + timedelta(days=70)
        found = []
        for _ in range(4):
            tick()
            found.append(asked(platform))

        assert [len(each) for each in found] == [31, 31, 9, 0]
        assert [day for each in found for _, day in each] == [(DAY + ONE_DAY * n).isoformat() for n in range(71)]

    def test_every_due_shop_gets_one_message(self, platform: Platform, tea: TestShop, time: MovableClock) -> None:
        shops = [f"shop-{number}" for number in range(25)]
        for shop in shops:
            store.ensure_job(shop, DAY, DUE)
        store.ensure_job("tomorrow", DAY + ONE_DAY, DUE + ONE_DAY)
        time.at = DUE

        assert tick() == 25
        assert asked(platform) == sorted((shop, "2026-11-02") for shop in shops)

    def test_a_tick_that_another_overtook_moves_nothing_back(self, tea: TestShop, time: MovableClock) -> None:
        store.ensure_job("tea", DAY, DUE)
        (seen,) = [each for number in range(store.JOB_SLICES) for each in store.due_jobs(number, DUE)]
        time.at = DUE
        tick()

        store.move_job(seen, DAY + ONE_DAY, DUE)

        assert seen == Job("tea", DAY, "2026-11-02T16:30:00Z")
        assert job()["due_at"] == "2026-11-03T16:30:00Z"

    @pytest.mark.parametrize("tz", ["America/Havana", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
    def test_ticks_around_the_clock_meet_every_date_of_a_zone_once(self, tz: str) -> None:
        from services.compliance import ruleset

        hours = window.of(ruleset.customised({"tz": tz}))
        now, waiting_for, met = datetime(2026, 10, 25, tzinfo=UTC), date(2026, 10, 24), list[date]()
        while now < datetime(2026, 11, 8, tzinfo=UTC):
            due = list(hours.days_due(waiting_for, now))
            met += due
            waiting_for += ONE_DAY * len(due)
            now += timedelta(minutes=15)

        assert met == [date(2026, 10, 24) + ONE_DAY * n for n in range(len(met))]
        assert len(met) in (14, 15)


class TestScore:
    def test_the_nights_score_is_the_files_byte_for_byte(
        self,
        platform: Platform,
        tea: TestShop,
        time: MovableClock,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        lines = a_day_of_chat(1, size=150) + a_day_of_chat(2, day=DAY - ONE_DAY) + a_day_of_chat(3, day=DAY + ONE_DAY)
        lines += [a_line("10:00", message_id="m1", text=text) for text in "ab"]
        for start in range(0, len(lines), 40):
            queues.send_messages("tea", messages(lines[start : start + 40]))
        time.at = DUE + ONE_DAY
        drain(platform)
        tick()
        drain(platform)
        log = tmp_path / "log.ndjson"
        log.write_text("\n".join(json.dumps(line) for line in reversed(lines)))

        offline.main([str(log)])

        days = [store.find_latest("tea", DAY + ONE_DAY * n, RULESET) for n in (-1, 0, 1)]
        assert capsys.readouterr().out.splitlines() == [day.body if day else "" for day in days]

    def test_a_score_is_kept_under_its_input_and_is_the_latest(self, tea: TestShop) -> None:
        deliver("pack", [a_part("tea", [a_line("10:00"), an_answer("10:30")])])

        assert deliver("score", ['{"shop": "tea", "date": "2026-11-02"}']) == []

        assert scored()["reply"]["rate"] == "1/1"
        assert rows(ScoreRow) == [
            ("tea", f"latest#2026-11-02#{RULESET}"),
            ("tea#2026-11-02", f"score#{RULESET}#{scored()['input_digest']}"),
        ]

    def test_the_same_input_again_writes_nothing(self, tea: TestShop, time: MovableClock) -> None:
        night.pack(json.loads(a_part("tea", [a_line("10:00")])))
        night.score({"shop": "tea", "date": "2026-11-02"})
        time.forward(hours=1)

        with count_units() as units:
            night.score({"shop": "tea", "date": "2026-11-02"})

        assert units.writes == 0
        assert len(rows(ScoreRow)) == 2

    def test_a_day_without_messages_is_a_score_too(self, tea: TestShop) -> None:
        night.score({"shop": "tea", "date": "2026-11-02"})

        assert (scored()["messages"], scored()["reply"]["rate"]) == (0, None)

    def test_another_shops_messages_are_nothing_to_it(self, tea: TestShop) -> None:
        night.pack(json.loads(a_part("tea-2", [a_line("10:00")])))

        night.score({"shop": "tea", "date": "2026-11-02"})

        assert scored()["messages"] == 0

    def test_a_score_read_earlier_cannot_replace_one_read_later(self, tea: TestShop) -> None:
        rules = night.rules_of("tea")
        before = night._made(night.read_day("tea", DAY, rules), None)
        night.pack(json.loads(a_part("tea", [a_line("10:00")])))
        night.score({"shop": "tea", "date": "2026-11-02"})

        with pytest.raises(tables.LostRace):
            store.move_latest("tea", before)

        assert scored()["messages"] == 1


class TestLateMessages:
    def test_a_day_that_was_due_is_asked_for_again_and_both_versions_stay(
        self, platform: Platform, tea: TestShop, time: MovableClock
    ) -> None:
        deliver("pack", [a_part("tea", [a_line("10:00")])])
        time.at = DUE
        tick()
        drain(platform)
        first = scored()

        queues.send_messages("tea", messages([an_answer("10:30")]))
        drain(platform)

        assert (first["reply"]["rate"], scored()["reply"]["rate"]) == ("0/1", "1/1")
        kept = [sk for _, sk in rows(ScoreRow) if sk.startswith("score#")]
        assert kept == sorted(f"score#{RULESET}#{each['input_digest']}" for each in (first, scored()))

    def test_only_the_days_that_are_due_are_asked_for(self, platform: Platform, tea: TestShop) -> None:
        days = [DAY - 3 * ONE_DAY, DAY - ONE_DAY, DAY, DAY + ONE_DAY]

        deliver("pack", [a_part("tea", [a_line(at("10:00", day)) for day in days])])

        assert asked(platform) == [("tea", "2026-10-30"), ("tea", "2026-11-01")]

    def test_between_midnight_and_half_past_the_day_before_is_not_late(
        self, platform: Platform, tea: TestShop, time: MovableClock
    ) -> None:
        time.at = DUE - timedelta(minutes=20)

        deliver("pack", [a_part("tea", [a_line("23:50")])])

        assert asked(platform) == []
        assert job()["date"] == "2026-11-02"

    def test_a_minute_before_it_is_due_it_counts_as_late_for_clocks_differ(
        self, platform: Platform, tea: TestShop, time: MovableClock
    ) -> None:
        time.at = DUE - timedelta(seconds=30)

        deliver("pack", [a_part("tea", [a_line("23:50")])])

        assert asked(platform) == [("tea", "2026-11-02")]
