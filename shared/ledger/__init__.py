"""The points ledger: ``rules`` decides (pure), ``book`` reads and writes.

Any service may put a posting's parts into its own transaction; nothing else makes points.
"""
