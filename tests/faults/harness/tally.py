"""How much an exploration went through: what `make prove` tells at its end."""

from collections import Counter

TALLY: Counter[str] = Counter()
"""``cases`` tried, ``faults`` that struck, ``orders`` of several actors gone through."""
