"""What a web archive's headers lead to stays on its host, and its turns keep their distance."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import example, given
from hypothesis import strategies as st
from repeatable import MANY, anything

from recommender.crawl.link_header import MAX_LINKS, links
from recommender.crawl.memento import closest, negotiated, timegate
from recommender.crawl.outcomes import Response
from recommender.crawl.pace import PATIENCE, Pace
from recommender.crawl.urls import host_key

WHEN = datetime(2020, 1, 11, tzinfo=UTC)
ADDRESS = "https://archive.example/web/https://a.example/"
targets = st.text(
    st.characters(exclude_characters="<>", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1
)
rels = st.sets(
    st.sampled_from(["original", "timegate", "memento", "first", "last", "prev", "next"]), min_size=1
)
moments = st.datetimes(datetime(1996, 1, 1), datetime(2100, 1, 1)).map(
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)
crumbs = st.text(st.sampled_from('<>;,="\\ \tabrel/:.-'), max_size=60)


def answer(**headers: str) -> Response:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(ADDRESS, ADDRESS, (), 200, fields, b"", 0.1, WHEN)


@MANY
@given(
    st.lists(st.tuples(targets, rels, st.none() | moments), max_size=8),
    st.booleans(),
    st.sampled_from([", ", ",", " ,\t"]),
)
def test_links_come_back_as_they_were_named(
    named: list[tuple[str, set[str], datetime | None]], dates_first: bool, comma: str
) -> None:
    """With commas and semicolons in addresses, commas in dates, and parameters in any order."""
    written = []
    for target, kinds, when in named:
        date = [f'datetime="{format_datetime(when, usegmt=True)}"'] if when else []
        rel = [f'rel="{" ".join(sorted(kinds))}"', 'type="application/link-format; a, b"']
        written.append("; ".join([f"<{target}>", *(date + rel if dates_first else rel + date)]))
    read = links((("link", comma.join(written)),))
    assert [(link.url, set(link.rels)) for link in read] == [(target, kinds) for target, kinds, _ in named]
    dates = [format_datetime(when, usegmt=True) if when else None for _, _, when in named]
    assert [link.datetime for link in read] == dates


@MANY
@given(anything | crumbs)
@example('<a>; rel="' + "\\" * 99)
@example("<a>," * 5_000)
def test_any_link_header_is_read_within_bounds(text: str) -> None:
    found = links((("Link", text), ("LINK", text)))
    assert len(found) <= MAX_LINKS
    assert all(">" not in link.url for link in found)


@MANY
@given(
    st.sampled_from(["https://archive.example", "https://ARCHIVE.example:443", "http://archive.example", "",
                     "https://evil.example", "//evil.example", "https://archive.example@evil.example"]),
    st.sampled_from(["/web/20200111000000/https://a.example/x", "/gate/https://a.example/x"]) | anything,
    st.sampled_from(["memento", "timegate", "first memento"]),
)  # fmt: skip
def test_no_answer_of_a_timegate_leads_off_the_archive(start: str, path: str, rel: str) -> None:
    date = format_datetime(WHEN, usegmt=True)
    found = answer(Location=start + path, Link=f'<{start}{path}>; rel="{rel}"; datetime="{date}"')
    gate = timegate(found, ADDRESS)
    assert gate is None or host_key(gate) == host_key(ADDRESS)
    chosen = negotiated(found, ADDRESS, WHEN)
    if chosen is not None:
        assert chosen[1].isascii()
        assert chosen[1].isdigit()
        assert "evil.example" not in start


@MANY
@given(st.lists(st.tuples(moments, st.booleans()), min_size=1, max_size=6), moments)
def test_the_memento_nearest_to_the_moment_is_chosen(
    named: list[tuple[datetime, bool]], moment: datetime
) -> None:
    """Of those that are on the archive's own host."""
    written = [
        f"<https://{'archive' if ours else 'other'}.example/web/{when:%Y%m%d%H%M%S}/https://a.example/>; "
        f'rel="memento"; datetime="{format_datetime(when, usegmt=True)}"'
        for when, ours in named
    ]
    chosen = negotiated(answer(Link=", ".join(written)), ADDRESS, moment)
    ours = [when for when, is_ours in named if is_ours]
    assert (chosen is None) == (not ours)
    if chosen is not None:
        taken = datetime.strptime(chosen[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        assert abs(taken - moment) == min(abs(when - moment) for when in ours)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | anything | st.just("http://a/web/20200111/http://b.example/"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["archived_snapshots", "closest", "status", "available", "url"]), inner
        )
    ),
    max_leaves=10,
)


@MANY
@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"archived_snapshots": {"closest": {"status": "200", "available": true, "url": []}}}')
def test_any_availability_answer_is_read_or_proves_nothing(body: bytes) -> None:
    found = closest(body)
    assert found is None or (found[1].isdigit() and found[0].startswith("http"))


@MANY
@given(
    st.floats(0, 20),
    st.lists(
        st.tuples(st.sampled_from(["turn", "hold", "pass", "hold in sleep"]), st.floats(0, 50)), max_size=25
    ),
)
def test_turns_keep_their_distance_and_every_hold(interval: float, steps: list[tuple[str, float]]) -> None:
    """In any order of events, also where a hold begins while a caller sleeps; nobody sleeps beyond the patience."""
    now = 1000.0
    held_until = -1.0
    turns: list[float] = []
    during: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        assert seconds <= PATIENCE + 1e-6
        while during:
            hold(during.pop())
        now += seconds

    def hold(seconds: float) -> None:
        nonlocal held_until
        held_until = max(held_until, now + seconds)
        pace.hold(seconds)

    pace = Pace(interval, sleep, lambda: now)
    act: dict[str, Callable[[float], None]] = {"hold": hold, "hold in sleep": during.append}
    for kind, seconds in steps:
        if kind == "pass":
            now += seconds
        elif kind in act:
            act[kind](seconds)
        else:
            left = pace.wait()
            if left is not None:
                assert left > PATIENCE
                continue
            assert now >= held_until - 1e-6
            assert not turns or now - turns[-1] >= interval - 1e-6
            turns.append(now)
