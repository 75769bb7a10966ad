"""The fixtures that these tests start from."""

from tests.support.stage import opened_signin, opened_tea, tea, tea_with_signin, time

__all__ = ["opened_signin", "opened_tea", "tea", "tea_with_signin", "time"]
