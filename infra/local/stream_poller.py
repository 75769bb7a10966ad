"""A table's stream as an event source."""

import base64
import json
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.console import say
from infra.local.delivery import Record, Stopping, StreamDelivery, sequence_number
from infra.local.gateway import Unavailable
from infra.local.poller import AWAY_PAUSE_S, Functions, Poller, Surroundings
from infra.local.sources import StreamSource

PAUSE_S = 0.1
DRAIN_S = 5.0


class StreamPoller(Poller):
    """A table's stream, shard by shard, in order, from its checkpoint on."""

    def __init__(self, service: Functions, source: StreamSource, around: Surroundings) -> None:
        super().__init__(service, source.function)
        self._source = source
        self._around = around
        self._streams = around.client("dynamodbstreams")
        self._key = f"{service.name}.{source.function}"
        self._arn = ""
        self._iterators: dict[str, str] = {}
        self._idle = False

    def poll(self) -> None:
        if self.source_restarted.is_set():
            self.source_restarted.clear()
            self._begin_anew()
        try:
            found = self.read_once()
        except (ClientError, BotoCoreError):
            self._begin_anew()  # expired or trimmed
            raise
        if not found:
            if not self._idle:
                self._around.checkpoints.caught_up(self._key)
            self.stopping.wait(PAUSE_S)
        self._idle = not found

    def _begin_anew(self) -> None:
        """Forget positions in the stream as it was: go by the checkpoints again."""
        self._iterators.clear()
        self._arn = ""

    def read_once(self) -> int:
        """Hand over what every shard has now; returns how many records that were."""
        if not self._arn:
            tables = self._around.client("dynamodb")
            self._arn = tables.describe_table(TableName=self._source.table)["Table"]["LatestStreamArn"]
        if not self._iterators:
            description = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
            for shard in description["Shards"]:
                self._iterators[shard["ShardId"]] = self._iterator(shard["ShardId"])
        return sum(self._read_shard(shard) for shard in list(self._iterators))

    def _iterator(self, shard: str) -> str:
        position: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        number = self._around.checkpoints.load(self._key, shard)
        if number:
            position = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": number}
        request = {"StreamArn": self._arn, "ShardId": shard}
        try:
            answer = self._streams.get_shard_iterator(**request, **position)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TrimmedDataAccessException":
                raise
            # The emulator forgot what was before its start; republishing from rows covers that.
            answer = self._streams.get_shard_iterator(**request, ShardIteratorType="TRIM_HORIZON")
        return str(answer["ShardIterator"])

    def _read_shard(self, shard: str) -> int:
        answer = self._streams.get_records(ShardIterator=self._iterators[shard], Limit=self._source.batch_size)
        records = [_stream_record(record, self._arn) for record in answer["Records"]]
        if records:
            self._delivery(shard).deliver(records)
        if following := answer.get("NextShardIterator"):
            self._iterators[shard] = following
        else:
            del self._iterators[shard]
        return len(records)

    def _delivery(self, shard: str) -> StreamDelivery:
        def done(record: Record) -> None:
            self._around.checkpoints.save(self._key, shard, sequence_number(record))

        return StreamDelivery(self._invoke, done, self._park, self._pause)

    def _invoke(self, batch: list[Record]) -> Any:
        while True:
            try:
                return self.service.invoke(self.function, {"Records": batch})
            except Unavailable:  # restarting: that is no fault of the batch
                self._pause(AWAY_PAUSE_S)

    def _pause(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            self._iterators.clear()
            raise Stopping

    def _park(self, record: Record, why: str) -> None:
        line = {"function": self._key, "parked_at": self._around.now().isoformat(), "why": why, "record": record}
        with self._around.parked.open("a", encoding="utf-8") as parked:
            parked.write(json.dumps(line, ensure_ascii=False) + "\n")
        keys = json.dumps(record["dynamodb"].get("Keys", {}), ensure_ascii=False)
        say(
            self.service.name,
            f"{self.function}: GAVE UP on {keys}: {why}. It is in {self._around.parked}",
            "red",
            "bold",
        )

    def drain(self) -> None:
        """The emulator forgets stream records when it stops: hand over what is left."""
        deadline = time.monotonic() + DRAIN_S
        try:
            while self.read_once() and time.monotonic() < deadline:
                pass
            self._around.checkpoints.caught_up(self._key)
        except (ClientError, BotoCoreError, Unavailable, Stopping):
            pass  # the next start republishes from rows


def _stream_record(record: dict[str, Any], arn: str) -> Record:
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    plain: Record = json.loads(json.dumps(record | {"dynamodb": change, "eventSourceARN": arn}, default=_binary))
    return plain


def _binary(value: Any) -> str:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return base64.b64encode(value).decode()
