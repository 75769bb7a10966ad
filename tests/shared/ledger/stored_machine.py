"""The same shop in its tables, where calls fail before or after AWS saw them and every event is delivered again."""

from collections.abc import Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shared import tables
from shared.ledger import book
from shared.ledger.posting import Entry, Mark
from shared.ledger.settling import begin
from shared.schema import EntryRow
from shared.tables import Contended, LostRace
from tests.faults.harness.injector import Fault, Injector, until_answered
from tests.shared.ledger.machine import SHOP, Decide, ShopMachine
from tests.support.moto_state import empty_moto

befores, hows = st.sampled_from(("before", "after")), st.sampled_from(("crash", "time-out"))
faults = st.one_of(
    st.builds(Fault, st.integers(0, 6), befores, hows),
    st.builds(Fault, st.integers(0, 1), befores, hows, only=st.just("dynamodb.TransactWriteItems")),
)


class StoredMachine(ShopMachine):
    """Needs empty tables in moto, and an injector on their calls."""

    injector: ClassVar[Injector]

    def __init__(self) -> None:
        super().__init__()
        empty_moto()
        self.fault: Fault | None = None

    @rule(fault=faults)
    def something_will_fail(self, fault: Fault) -> None:
        self.fault = fault

    def carry_out(self, subjects: Sequence[str], mark: Mark, decide: Decide) -> Sequence[Entry]:
        with self.injector.armed(self.fault):
            self.fault = None
            done = until_answered(lambda: self._handle(subjects, mark, decide))
        assert self._handle(subjects, mark, decide) == done, "a second delivery changed something"
        for who in subjects:
            self._read(who)
        return done

    def _handle(self, subjects: Sequence[str], mark: Mark, decide: Decide) -> Sequence[Entry]:
        """As a service handles an event: read first; what is entered already is not entered again."""
        for _ in tables.attempts():
            accounts = [book.load_account(SHOP, who, consistent=True) for who in subjects]
            entered = [book.find_entry(SHOP, who, mark.day, mark.key) for who in subjects]
            if any(entered):
                return [entry for entry in entered if entry]
            postings = decide([begin(account, self.policy, self.now) for account in accounts])
            try:
                tables.commit_once([part for posting in postings for part in book.parts(posting)])
            except (LostRace, Contended):
                continue
            return [posting.entry for posting in postings]
        raise AssertionError("no attempt got through")

    def _read(self, who: str) -> None:
        self.accounts[who] = book.load_account(SHOP, who, consistent=True)
        rows = EntryRow.query(f"{SHOP}#{who}", consistent_read=True)
        self.entries[who] = sorted(map(book.entry_from, rows), key=lambda entry: entry.seq)


def stored_machine(injector: Injector) -> type[StoredMachine]:
    """The machine on tables whose calls pass ``injector``."""
    return type("StoredMachineOf", (StoredMachine,), {"injector": injector})
