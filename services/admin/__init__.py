"""Shops, keys, operators and the audit. See README.md."""
