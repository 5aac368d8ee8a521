"""R-SU-01 to R-SU-10: matching products and clients, the questionnaire, the wording guard."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.dates import age_on
from tellertui.core.refusal import Refusal
from tellertui.core.tables import OutOfTable, TableError, data_dir
from tellertui.customers.rules.documents import Capacity
from tellertui.workflows.products.rules.questionnaire import Questionnaire, assess, questionnaire
from tellertui.workflows.products.rules.suitability import (
    Client,
    last_valid_day,
    may_assess,
    recording,
    recording_kept_until,
    suitability,
)
from tellertui.workflows.products.rules.wording import flags

TODAY = date(2026, 11, 23)
LEVELS = st.integers(1, 5)
ASKED = questionnaire(TODAY)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("client", "issuer", "seller", "effective", "verdict"),
    [
        (2, 3, None, 3, "block"),
        (3, 3, None, 3, "ok"),
        (5, 5, None, 5, "ok"),
        (1, 1, None, 1, "ok"),
        (2, 2, 3, 3, "block"),
        (2, 3, 2, 3, "block"),
    ],
)
def test_matrix(client: int, issuer: int, seller: int | None, effective: int, verdict: str) -> None:
    found = suitability(issuer, seller, Client(level=client), TODAY)
    assert (found.effective_level, found.verdict) == (effective, verdict)


def test_a_refusal_explains_itself() -> None:
    found = suitability(2, 3, Client(level=2), TODAY)
    reasons = {step.kind: step.text() for step in found.steps}
    assert reasons["effective-level"] == "The higher of issuer level 2 and seller level 3 holds: 3."
    assert reasons["match"] == "Level 3 is above what a client of level 2 may buy (2)."
    match = found.steps[1]
    assert (match.rule, match.version, match.severity) == ("R-SU-02", "2026.1", "block")
    assert "Order 2025 No. 7" in match.source


@given(LEVELS, LEVELS, LEVELS)
def test_the_higher_level_holds_and_a_higher_client_may_buy_no_less(
    issuer: int, seller: int, client: int
) -> None:
    found = suitability(issuer, seller, Client(level=client), TODAY)
    assert found.effective_level == max(issuer, seller)
    swapped = suitability(seller, issuer, Client(level=client), TODAY)
    assert (swapped.effective_level, swapped.verdict) == (found.effective_level, found.verdict)
    assert (found.verdict == "ok") == (max(issuer, seller) <= client)
    raised = suitability(min(5, issuer + 1), seller, Client(level=client), TODAY)
    assert raised.effective_level >= found.effective_level


@pytest.mark.parametrize(
    ("on", "verdict", "step"),
    [
        ("2026-02-01", "ok", "valid"),
        ("2026-11-22", "ok", "valid"),
        ("2026-11-23", "block", "invalid"),
    ],
)
def test_an_assessment_is_valid_before_its_anniversary(on: str, verdict: str, step: str) -> None:
    found = suitability(1, None, Client(level=3, assessed=day("2025-11-23")), day(on))
    assert (found.verdict, found.steps[-1].verdict) == (verdict, step)
    assert found.steps[-1].facts["last_day"] == "2026-11-22"


def test_a_change_or_a_date_to_come_asks_for_a_new_assessment() -> None:
    changed = suitability(1, None, Client(level=3, assessed=day("2026-11-01"), changed=True), TODAY)
    later = suitability(1, None, Client(level=3, assessed=day("2026-11-24")), TODAY)
    assert [found.verdict for found in (changed, later)] == ["block", "block"]
    assert last_valid_day(day("2024-02-29"), TODAY) == day("2025-02-27")


def test_clients_from_65_on_are_owed_care() -> None:
    assert age_on(day("1961-11-23"), TODAY) == 65
    assert age_on(day("1961-11-24"), TODAY) == 64
    older = suitability(2, None, Client(level=3, age=65), TODAY)
    duties = [step.kind for step in older.steps if step.rule == "R-SU-05"]
    assert duties == [
        "dedicated-procedure",
        "extra-information",
        "stronger-warning",
        "time-to-think",
        "call-back",
    ]
    assert older.verdict == "ok", "care does not forbid the sale"
    assert all(step.text().startswith("From 65 on: ") for step in older.steps if step.rule == "R-SU-05")
    younger = suitability(2, None, Client(level=3, age=64), TODAY)
    assert not [step for step in younger.steps if step.rule == "R-SU-05"]


@pytest.mark.parametrize(
    ("client", "issuer", "verdict"),
    [
        (Client(level=5, age=17), 2, "block"),
        (Client(level=5, age=17), 1, "ok"),
        (Client(level=5, age=7), 1, "block"),
        (Client(level=5, age=16, capacity=Capacity.FULL), 5, "ok"),
        (Client(level=5, age=40, capacity=Capacity.LIMITED), 2, "block"),
        (Client(level=5, capacity=Capacity.NONE), 1, "block"),
    ],
)
def test_capacity(client: Client, issuer: int, verdict: str) -> None:
    assert suitability(issuer, None, client, TODAY).verdict == verdict


@pytest.mark.parametrize(
    ("issuer", "seller", "client", "age"),
    [
        (0, None, 1, None),
        (6, None, 1, None),
        (1, 0, 1, None),
        (1, None, -1, None),
        (1, None, 1, 151),
        (1, 1, 1, -1),
    ],
)
def test_levels_that_do_not_exist(issuer: int, seller: int | None, client: int, age: int | None) -> None:
    with pytest.raises(Refusal, match="levels"):
        suitability(issuer, seller, Client(level=client, age=age), TODAY)


def test_before_the_order_nothing_is_decided() -> None:
    with pytest.raises(OutOfTable):
        suitability(1, None, Client(level=1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("earlier", "passed"),
    [
        ([], True),
        (["2026-11-23"], True),
        (["2026-11-23"] * 2, False),
        ([f"2026-{month:02d}-01" for month in range(1, 8)], True),
        ([f"2026-{month:02d}-01" for month in range(1, 9)], False),
        (["2025-11-23"] * 8, True),
        (["2025-11-24"] * 8, False),
    ],
)
def test_assessments_are_capped(earlier: list[str], passed: bool) -> None:
    found = may_assess([day(each) for each in earlier], TODAY)
    assert found.passed is passed
    assert found.rule == "R-SU-06"


def test_recording() -> None:
    assert recording("wealth", TODAY) == "required"
    assert recording("physical-gold", TODAY) == "optional"
    assert recording("term-deposit", TODAY) == "none"
    assert recording_kept_until(day("2026-08-31"), 0, open_complaint=False) == day("2027-02-28")
    assert recording_kept_until(day("2026-08-31"), 240, open_complaint=False) == day("2046-08-31")
    assert recording_kept_until(day("2026-08-31"), 0, open_complaint=True) is None


def test_the_questionnaire_covers_every_score_once() -> None:
    assert len(ASKED.questions) == 15
    lowest = sum(question.points[0] for question in ASKED.questions)
    highest = sum(question.points[-1] for question in ASKED.questions)
    for score in range(lowest, highest + 1):
        assert sum(band.low <= score <= band.high for band in ASKED.bands) == 1


ANSWERS = st.lists(st.integers(0, 4), min_size=15, max_size=15)


@given(ANSWERS, st.integers(0, 14))
def test_raising_an_answer_never_lowers_the_level(answers: list[int], raised: int) -> None:
    before = assess(ASKED, answers)
    after = assess(ASKED, [*answers[:raised], min(4, answers[raised] + 1), *answers[raised + 1 :]])
    assert after.score >= before.score
    assert after.level >= before.level


def test_an_answer_caps_the_level_whatever_the_score() -> None:
    best = [4] * 15
    assert (assess(ASKED, best).level, assess(ASKED, best).capped_by) == (5, None)
    no_loss = [question.code for question in ASKED.questions].index("loss-tolerance")
    found = assess(ASKED, [*best[:no_loss], 0, *best[no_loss + 1 :]])
    assert (found.score, found.level, found.capped_by) == (71, 1, "loss-tolerance")


@pytest.mark.parametrize("answers", [[], [0] * 14, [0] * 16, [5] + [0] * 14, [-1] + [0] * 14])
def test_incomplete_answers(answers: list[int]) -> None:
    with pytest.raises(Refusal, match="answers"):
        assess(ASKED, answers)


def test_bands_that_do_not_fit_are_refused() -> None:
    plain = msgspec.to_builtins(ASKED)
    for bands in (
        [],
        [[1, 15, 75], [3, 76, 80]],
        [[1, 15, 40], [2, 40, 75]],
        [[1, 15, 40], [2, 42, 75]],
        [[1, 14, 75]],
        [[2, 15, 75]],
    ):
        with pytest.raises((TableError, msgspec.ValidationError)):
            msgspec.convert({**plain, "bands": bands}, Questionnaire)
    with pytest.raises((TableError, msgspec.ValidationError)):
        msgspec.convert({"questions": [], "bands": [[1, 0, 0]]}, Questionnaire)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("这款产品风险等级为R3，不保证本金和收益，可能出现亏损。", set()),
        ("您的评估结果是C2，有效期至2026-11-22；R3级产品超出您的等级，不能为您办理。", set()),
        ("您可以回去考虑，不必今天决定。", set()),
        ("本產品為非保本產品", set()),
        ("This product is not capital guaranteed.", set()),
        ("放心，保 证 本 金，零风险", {"promise", "safety"}),
        ("保*本*保*息", {"promise"}),
        ("ＲＩＳＫ－ＦＲＥＥ", {"safety"}),
        ("绝对安全，跟存款一样", {"safety", "deposit-comparison"}),
        ("不保本是假的，其實保證收益", {"promise"}),
        ("Last chance, do not tell your family", {"urgency", "hidden-identity"}),
    ],
)
def test_wording(text: str, kinds: set[str]) -> None:
    found = flags(text, TODAY)
    assert {flag.kind for flag in found} == kinds
    assert all((flag.rule, flag.severity) == ("R-SU-09", "warn") for flag in found)


@given(st.text(max_size=200))
def test_no_text_breaks_the_guard(text: str) -> None:
    assert any(flag.phrase == "零风险" for flag in flags(text + "。零风险", TODAY))


def test_hostile_texts() -> None:
    for text in ("", "\x00", "\u202e保证本金", "😀" * 10_000, "不" * 10_000):
        assert isinstance(flags(text, TODAY), list)


def test_the_tables_ship() -> None:
    assert {path.name for path in Path(data_dir() / "rules").glob("*.toml")} >= {
        "calendar.toml",
        "care.toml",
        "complaints.toml",
        "deposits.toml",
        "loans.toml",
        "suitability.toml",
    }
