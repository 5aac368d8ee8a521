"""One rule table laid over another: each day is spoken for by exactly one of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.tables import (
    OutOfTable,
    Rule,
    Table,
    TableError,
    laid_over,
    lay,
    parse_table,
    shipped,
    table,
)

START = date(2026, 1, 1)
DAYS = 60
EVERY_DAY = [START + timedelta(days=n) for n in range(-5, DAYS + 5)]
IDS = ("R-A", "R-B", "R-C")


@st.composite
def periods(draw: st.DrawFn, rule_id: str) -> list[Rule]:
    """Rules of one id that follow each other without gap; the last one may have no end."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), min_size=1, max_size=4)))
    days = [START + timedelta(days=cut) for cut in cuts]
    ends: list[date | None] = [day - timedelta(days=1) for day in days[1:]]
    ends.append(draw(st.sampled_from([None, days[-1], days[-1] + timedelta(days=9)])))
    return [
        Rule(id=rule_id, effective_from=day, effective_to=end, source="a test", values={"n": number})
        for number, (day, end) in enumerate(zip(days, ends, strict=True))
    ]


@st.composite
def tables(draw: st.DrawFn, version: str) -> Table:
    """A table of some of the ids."""
    chosen = draw(st.sets(st.sampled_from(IDS), min_size=1))
    return Table(version=version, rule=[rule for each in sorted(chosen) for rule in draw(periods(each))])


def said(rules: Table, rule_id: str, day: date) -> tuple[str, object] | None:
    """Return what a table says on a day: where it comes from and its values."""
    try:
        rule = rules.on(rule_id, day)
    except OutOfTable:
        return None
    return rule.source, rule.values


@given(tables("1"), tables("2"), st.sampled_from(EVERY_DAY))
def test_before_the_day_the_old_speaks_and_from_it_the_new(old: Table, new: Table, effective: date) -> None:
    try:
        both = laid_over(old, new, effective)
    except TableError:
        # Refused for a gap only: a rule that held the day before and comes back later.
        assert any(gap(old, new, rule_id, effective) for rule_id in IDS)
        return
    known = {rule.id for rule in new.rule}
    for rule_id in IDS:
        for day in EVERY_DAY:
            speaks = new if day >= effective and rule_id in known else old
            assert said(both, rule_id, day) == said(speaks, rule_id, day)
            assert sum(rule.id == rule_id and rule.covers(day) for rule in both.rule) <= 1


def gap(old: Table, new: Table, rule_id: str, effective: date) -> bool:
    """Say whether a rule holds before the day and is silent before it speaks again."""
    later = [rule.effective_from for rule in new.rule if rule.id == rule_id]
    later = [max(day, effective) for day in later if day >= effective or new_covers(new, rule_id, effective)]
    held = [day for day in EVERY_DAY if day < effective and said(old, rule_id, day)]
    return bool(later and held) and min(later) != max(held) + timedelta(days=1)


def new_covers(new: Table, rule_id: str, effective: date) -> bool:
    """Say whether a table speaks on a day."""
    return said(new, rule_id, effective) is not None


def test_a_rule_that_would_be_silent_for_a_time_is_refused() -> None:
    rule = '[[rule]]\nid = "R-A"\neffective_from = {}\nsource = "a test"\n'
    old = parse_table('version = "1"\n' + rule.format("2026-01-01"), "old")
    new = parse_table('version = "2"\n' + rule.format("2026-03-01"), "new")
    with pytest.raises(TableError, match="gap"):
        laid_over(old, new, date(2026, 2, 1))
    assert laid_over(old, new, date(2026, 3, 1)).version == "1/2"


def test_what_is_laid_holds_until_it_is_taken_away() -> None:
    ours = shipped("reception")
    other = laid_over(ours, ours, date(2027, 1, 1))
    lay({"reception": other})
    try:
        assert (table("reception"), table("care")) == (other, shipped("care"))
    finally:
        lay({})
    assert table("reception") is ours
