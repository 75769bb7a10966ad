"""Whether an account and its entries are what they were when they were written. Pure; the nightly verifier's judgement.

Every entry carries its hash and names the one before it; the account names the last. So a line that was changed,
dropped, put in between or moved shows, and where. Who rewrites every line and the account as well is found by an
anchor: what the account's head was on some night, kept where nobody can write.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.ledger.account import Account
from shared.ledger.posting import Entry, applied

Kind = Literal["changed", "dropped", "inserted", "reordered", "rolled_back", "rewritten", "wrong_sum", "wrong_lots"]


@dataclass(frozen=True)
class Line:
    """An entry as it is stored, with the hash that is stored with it."""

    entry: Entry
    hash: str


@dataclass(frozen=True)
class Anchor:
    """What an account was on some night: how many entries it had, and the hash of the last."""

    seq: int
    head: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. ``seq`` says at which entry of the account, ``entry`` is its id, where there is one.

    ``dropped``: it is missing. ``inserted``: it is none of the account's. ``reordered``: it follows another one than
    it did. ``changed``: it does not say what it said. ``rolled_back``: the account is older than its entries or its
    anchor. ``rewritten``: the anchor knows another one. ``wrong_sum``, ``wrong_lots``: the books are whole, and do not
    add up to the account.
    """

    kind: Kind
    seq: int
    entry: str = ""


def faults(account: Account, lines: Sequence[Line], anchor: Anchor | None = None) -> list[Fault]:
    """What is wrong with an account whose entries are ``lines``, in any order; nothing when all is well."""
    chain, found = _chain(account, lines)
    found += _links(account, [line for line in chain if line.entry.seq <= account.seq])
    found += _numbers(account, chain)
    if not found:
        found = _sums(account, chain)
    return sorted(found + _against(anchor, account, chain), key=lambda fault: (fault.seq, fault.kind))


def _chain(account: Account, lines: Sequence[Line]) -> tuple[list[Line], list[Fault]]:
    """The lines by number, one for each. Of several with one number, the one that its follower names is genuine."""
    named = {line.entry.prev for line in lines} | {account.head}
    often = Counter(line.entry.seq for line in lines)
    chain: dict[int, Line] = {}
    found = []
    for line in sorted(lines, key=lambda line: line.entry.seq):
        seq = line.entry.seq
        if often[seq] == 1 or (line.hash in named and seq not in chain):
            chain[seq] = line
        else:
            found.append(_fault("inserted", line))
    return list(chain.values()), found


def _links(account: Account, chain: Sequence[Line]) -> list[Fault]:
    """Lines that do not say what they said, or follow another one than they did."""
    known = {line.hash for line in chain}
    found: dict[int, Fault] = {}
    before: Line | None = None
    for line in chain:
        follows = before is not None and before.entry.seq + 1 == line.entry.seq
        expected = before.hash if before and follows else ""
        adjoins = follows or line.entry.seq == 1
        if adjoins and line.entry.prev != expected and line.entry.prev in {*known, ""}:
            found[line.entry.seq] = _fault("reordered", line)
        elif line.entry.hash != line.hash:
            found[line.entry.seq] = _fault("changed", line)
        elif before and follows and line.entry.prev != expected:
            # Nobody has the hash it names any more: the line before it got a new one.
            found.setdefault(before.entry.seq, _fault("changed", before))
        before = line
    if before and before.entry.seq == account.seq and before.hash != account.head:
        found.setdefault(before.entry.seq, _fault("changed", before))
    return list(found.values())


def _numbers(account: Account, chain: Sequence[Line]) -> list[Fault]:
    """Numbers without a line, and lines beyond the account's last."""
    there = {line.entry.seq for line in chain}
    found = [Fault("dropped", seq) for seq in range(1, account.seq + 1) if seq not in there]
    beyond = [line for line in chain if not 0 < line.entry.seq <= account.seq]
    if beyond and beyond[0].entry.prev == account.head:
        return [*found, _fault("rolled_back", beyond[0])]
    return [*found, *(_fault("inserted", line) for line in beyond)]


def _sums(account: Account, chain: Sequence[Line]) -> list[Fault]:
    """Where whole books do not add up: at the first line that says another balance, or at the account."""
    folded = Account(account.shop, account.subject)
    for line in chain:
        folded = applied(folded, line.entry)
        told = (line.entry.balance_after, line.entry.available_after)
        if told != (folded.balance, folded.available):
            return [_fault("wrong_sum", line)]
    if account == folded:
        return []
    sums = account.balance == folded.balance == account.available + account.pending + account.held - account.debt
    return [Fault("wrong_lots" if sums else "wrong_sum", account.seq)]


def _against(anchor: Anchor | None, account: Account, chain: Sequence[Line]) -> list[Fault]:
    if anchor is None:
        return []
    if account.seq < anchor.seq:
        return [Fault("rolled_back", anchor.seq)]
    at = next((line for line in chain if line.entry.seq == anchor.seq), None)
    return [_fault("rewritten", at)] if at and at.hash != anchor.head else []


def _fault(kind: Kind, line: Line) -> Fault:
    return Fault(kind, line.entry.seq, line.entry.id)
