"""The day's score, 0 to 100, from components with published weights. Pure.

A component without data is shown as not measured; its weight goes to the others in proportion and in plain sight,
and it never earns full marks. Every component names the part of the result that its lost points come from.
"""

from dataclasses import dataclass
from fractions import Fraction

WEIGHTS = {"reply_rate": 40, "conduct": 40, "outreach": 10, "complaints": 10}
"""Points out of 100."""

EVIDENCE = {"reply_rate": "reply", "conduct": "findings", "outreach": "findings", "complaints": "findings"}


@dataclass(frozen=True)
class Card:
    """What was measured, each between 0 and 1."""

    measured: dict[str, Fraction]

    def plain(self) -> dict[str, object]:
        """The score as it is published; ``counted`` is each component's share of the whole after redistribution."""
        total = sum(WEIGHTS[name] for name in self.measured)
        parts = [self._component(name, total) for name in WEIGHTS]
        whole = sum((WEIGHTS[name] * share for name, share in self.measured.items()), Fraction())
        return {"value": _points(whole / total) if total else None, "components": parts}

    def _component(self, name: str, total: int) -> dict[str, object]:
        share = self.measured.get(name)
        return {
            "name": name,
            "weight": WEIGHTS[name],
            "measured": share is not None,
            "counted": f"{WEIGHTS[name]}/{total}" if share is not None else None,
            "value": None if share is None else _points(share),
            "evidence": EVIDENCE[name],
        }


def _points(share: Fraction) -> int:
    """Whole points of 100, halves up."""
    return (200 * share.numerator + share.denominator) // (2 * share.denominator)
