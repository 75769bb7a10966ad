"""The points ledger. Pure: ``policy`` says what a shop decided; ``settling``, ``movements``, ``holds`` and
``reversals`` decide what is entered; ``posting`` makes the account the fold of its entries; ``tiers`` reads a
customer's standing. ``book`` reads and writes.

Any service may put a posting's parts into its own transaction; nothing else makes points.
"""
