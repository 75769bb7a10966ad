"""The fixtures that these tests start from."""

from tests.support.stage import opened_tea, tea, time

__all__ = ["opened_tea", "tea", "time"]
