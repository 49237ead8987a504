"""How properties are tried here: the same examples on every machine, and no deadline on a busy one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MANY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FEW = settings(MANY, max_examples=40)  # for what writes files

anything = st.text(st.characters() | st.sampled_from("\0\r\n\x1b\x85\u2028\u202e\ud800\ufeff"), max_size=80)
