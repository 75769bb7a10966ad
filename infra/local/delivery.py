"""How a batch is handed over, as Lambda's event source mappings do it. No AWS in here: functions in, calls out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

RETRIES = 3
"""Tries for a batch of records before it is cut in half, and for a lone record before it is parked."""
BACKOFF_S = (0.1, 0.5, 2.0, 5.0)

Record = dict[str, Any]


class Stopping(Exception):
    """The stack is going down: leave the rest where it is."""


def failed_ids(result: Any, ids: Sequence[str]) -> set[str]:
    """Which of ``ids`` the function's answer names as failed; all of them when the answer makes no sense.

    Lambda's rule: nothing, {} or an empty list means success; an unknown or empty id fails the whole batch.
    """
    if result is None:
        return set()
    failures = result.get("batchItemFailures") if isinstance(result, dict) else result
    if not failures and isinstance(result, dict):
        return set()
    if not isinstance(failures, list):
        return set(ids)
    named = {item.get("itemIdentifier") if isinstance(item, dict) else None for item in failures}
    return {str(name) for name in named} if named <= set(ids) else set(ids)


def sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


@dataclass(frozen=True)
class StreamDelivery:
    """Hands a shard's records over in order; a record that never gets through is parked, the rest go on."""

    invoke: Callable[[list[Record]], Any]
    """The function's answer to a batch; raises when the function does."""
    done: Callable[[Record], None]
    """Told the last record that needs no more work: the checkpoint."""
    park: Callable[[Record, str], None]
    """Told a record that is given up, and why."""
    pause: Callable[[float], None]
    """Waits between tries; may raise Stopping."""

    def deliver(self, records: Sequence[Record]) -> None:
        """See all of ``records`` through. Raises Stopping; what was done until then is checkpointed."""
        rest = list(records)
        while rest:
            rest, _ = self._retry(rest)
            if rest:
                rest = self._past_the_bad_one(rest)

    def _retry(self, rest: list[Record]) -> tuple[list[Record], str]:
        """Hand over until all is done or RETRIES tries in a row got nowhere; what is left, and why."""
        tries, why = 0, ""
        while rest and tries < RETRIES:
            good, why = self._try(rest)
            rest = rest[good:]
            tries = 0 if good else tries + 1
            if rest:
                self.pause(BACKOFF_S[tries])
        return rest, why

    def _past_the_bad_one(self, rest: list[Record]) -> list[Record]:
        """Halve a stuck batch down to the record it is stuck on, and park that if it fails alone too."""
        size = len(rest)
        while size > 1:
            size = (size + 1) // 2
            good, _ = self._try(rest[:size])
            rest = rest[good:]
            size = min(size, len(rest))
        alone, why = self._retry(rest[:1])
        for record in alone:
            self.park(record, why)
            self.done(record)
        return rest[1:]

    def _try(self, batch: list[Record]) -> tuple[int, str]:
        """How many records at the start of the batch are done (they are checkpointed), and why the next is not."""
        try:
            result = self.invoke(batch)
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001 - a function that fails is retried, whatever it was
            return 0, str(error)
        numbers = [sequence_number(record) for record in batch]
        failed = failed_ids(result, numbers)
        good = next((at for at, number in enumerate(numbers) if number in failed), len(batch))
        if good:
            self.done(batch[good - 1])
        return good, "" if good == len(batch) else f"the function reported {numbers[good]} as failed"
