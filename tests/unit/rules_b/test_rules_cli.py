"""``tellertui rules``: names, keys and exit codes of the contract."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from tellertui.cli.rules import app

RUNNER = CliRunner()
DRAW = {
    "commitments": [
        "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
        "72dbb7336c76780023f83da4c355f2eeea85733b13d3477697917790c1229084",
    ],
    "seeds": [bytes(range(32)).hex(), bytes(range(32, 64)).hex()],
    "entries": ["C0001:1", "C0002:3", "C0003:6"],
    "winners": ["C0003", "C0002"],
}


def run(line: str, *more: str, stdin: str | None = None) -> Result:
    result = RUNNER.invoke(app, [*line.split(), *more], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answer(line: str, *more: str, code: int = 0, stdin: str | None = None) -> Any:
    result = run(line, *more, "--json", stdin=stdin)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_check() -> None:
    found = answer("check", "cn-resident-id", "11010519491231002X", "--on", "2026-11-23")
    assert list(found) == ["kind", "value_masked", "verdict", "severity", "rule", "reason", "facts"]
    assert (found["verdict"], found["rule"]) == ("valid", "R-ID-01")
    assert "19491231" not in found["value_masked"]


def test_check_invalid_is_exit_1() -> None:
    found = answer("check", "cn-resident-id", "110105194912310021", code=1)
    assert found["verdict"] == "invalid"
    assert found["reason"]


def test_check_takes_a_number_in_groups_and_from_standard_input() -> None:
    for words, stdin in [(["4111", "1111", "1111", "1111"], None), (["-"], "4111111111111111\n")]:
        assert answer("check", "bank-card", *words, stdin=stdin)["verdict"] == "valid"


def test_a_number_in_the_place_of_the_kind_is_not_repeated() -> None:
    result = run("check", "11010519491231002X", "cn-resident-id")
    assert result.exit_code == 2
    assert "11010519491231002X" not in result.output
    assert "cn-uscc" in result.output


def test_check_for_a_person_names_version_and_source() -> None:
    result = run("check", "cn-resident-id", "11010519491231002X")
    assert "GB 11643" in result.stdout
    assert "2026.1" in result.stdout
    assert "\x1b" not in result.stdout


KINDS = [
    *("cn-resident-id", "cn-permanent-resident-id", "cn-travel-permit", "tw-travel-permit", "tw-id", "hk-id"),
    *("passport-mrz", "cn-uscc", "cn-org-code", "bank-card", "iban", "phone"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value", ["", "\x00", "9" * 10_000, "\u202e1234", "😀😀😀", "１２３４５", "\n", "[/]", "'; --", "\ud800"]
)
def test_hostile_values_get_a_verdict(kind: str, value: str) -> None:
    result = run("check", kind, "--json", "--", value)
    assert result.exit_code in (0, 1), result.output
    assert json.loads(result.stdout)["verdict"] in ("valid", "invalid", "unknown")


def test_selftest(tmp_path: Path) -> None:
    found = answer("selftest")
    assert list(found) == ["passed", "failed"]
    assert found["passed"] > 150
    assert found["failed"] == []
    path = tmp_path / "mine.csv"
    path.write_text("kind,input,date,expect\nworkday,,2026-11-23,worked\nworkday,,2026-11-22,worked\n")
    found = answer("selftest", str(path), code=1)
    assert (found["passed"], len(found["failed"])) == (1, 1)
    path.write_text("nothing")
    assert run("selftest", str(path)).exit_code == 2
    assert run("selftest", str(tmp_path / "none.csv")).exit_code == 2


def test_loan() -> None:
    words = "loan --principal 100000 --annual 6 --months 12 --method equal-instalment"
    found = answer(words)
    assert list(found) == ["first", "last", "total_interest_formula", "total_interest_plan", "plan"]
    assert (found["first"], found["last"]) == ("8606.64", "8606.69")
    assert (found["total_interest_formula"], found["total_interest_plan"]) == ("3279.72", "3279.73")
    assert len(found["plan"]) == 12
    assert found["plan"][-1] == {
        "n": 12,
        "payment": "8606.69",
        "principal": "8563.87",
        "interest": "42.82",
        "balance": "0.00",
    }


def test_afford() -> None:
    words = "afford --income 20000 --instalment 4490.45 --fee 300 --other-debt 1500"
    assert answer(words) == {"housing_ratio": 0.2395, "debt_ratio": 0.3145, "verdict": "ok"}
    found = answer("afford --income 9000 --instalment 4490.45 --fee 300", code=1)
    assert (found["housing_ratio"], found["verdict"]) == (0.5323, "warn")


@pytest.mark.parametrize(
    ("words", "interest"),
    [
        ("--principal 10000 --annual 0.05 --days 92 --kind demand", "1.28"),
        ("--principal 50000 --annual 0.65 --term 3m", "81.25"),
        ("--principal 100000 --annual 0.95 --term 1y --demand-annual 0.05 --days 100", "13.89"),
        ("--principal 10000 --annual 0.05 --opened 2026-06-21 --closed 2026-09-21", "1.28"),
    ],
)
def test_deposit(words: str, interest: str) -> None:
    found = answer(f"deposit {words}")
    assert list(found) == ["interest", "maturity", "parts"]
    assert found["interest"] == interest
    assert found["parts"][-1]["interest"] == interest


def test_deposit_maturity() -> None:
    found = answer("deposit --principal 1 --annual 1 --term 6m --opened 2026-08-31")
    assert found["maturity"] == "2027-02-28"


def test_clock() -> None:
    found = answer("clock complaint --received 2026-02-10 --complexity very-complex")
    assert list(found) == ["due", "due_internal", "steps"]
    assert (found["due"], found["due_internal"]) == ("2026-04-11", "2026-04-10")
    assert [step["due"] for step in found["steps"]] == ["2026-02-25", "2026-03-12", "2026-04-11"]
    assert answer("clock complaint --received 2026-11-23 --regime fca-disp")["due"] == "2027-01-18"
    assert run("clock complaint --received 9999-12-31").exit_code == 1


def test_workdays() -> None:
    assert answer("workdays --from 2026-09-24 --add 15") == {"date": "2026-10-22"}
    assert answer("workdays --from 2026-09-24 --add -1") == {"date": "2026-09-23"}
    result = run("workdays --from 2026-12-17 --add 15 --json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("calendar ends 2026-12-31")


def test_staffing() -> None:
    words = "staffing --per-hour 40 --service-minutes 6 --counters {} --target-minutes 10"
    found = answer(words.format(5))
    assert found == {
        "stable": True,
        "p_wait": 0.554113,
        "wait_mean_min": 3.324675,
        "service_level": 0.895342,
        "occupancy": 0.8,
    }
    found = answer(words.format(4))
    assert (found["stable"], found["wait_mean_min"]) == (False, None)


def test_suitability() -> None:
    found = answer("suitability --issuer-level 2 --seller-level 3 --client-level 2 --on 2026-11-23", code=1)
    assert list(found) == ["effective_level", "verdict", "steps"]
    assert (found["effective_level"], found["verdict"]) == (3, "block")
    assert "above what a client of level 2 may buy" in found["steps"][1]["reason"]
    found = answer("suitability --issuer-level 2 --client-level 2 --age 65 --on 2026-11-23")
    assert found["verdict"] == "ok"
    assert "call-back" in [step["step"] for step in found["steps"]]


def test_draw(tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(DRAW))
    assert answer("draw", "verify", str(path))["verified"] is True
    path.write_text(json.dumps({**DRAW, "winners": ["C0001", "C0002"]}))
    found = answer("draw", "verify", str(path), code=1)
    assert found["mismatches"] == [{"what": "winner", "n": 0, "given": "C0001", "recomputed": "C0003"}]
    assert "C0003" in run("draw", "verify", str(path)).stdout
    path.write_text("{")
    assert run("draw", "verify", str(path)).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        "loan --principal 1e500 --annual 6 --months 3 --method bullet",
        "loan --principal 1.001 --annual 6 --months 3 --method bullet",
        "loan --principal 1 --annual six --months 3 --method bullet",
        "loan --principal 1 --annual nan --months 3 --method bullet",
        "loan --principal 1 --annual 6 --months 0 --method bullet",
        "loan --principal 1 --annual 6 --months 3 --method balloon",
        "afford --income -1 --instalment 1",
        "deposit --principal 1 --annual 1",
        "deposit --principal 1 --annual 1 --term 7y",
        "clock complaint --received 2026-02-30",
        "clock complaint --received 20260210",
        "clock complaint --received 2026-02-10 --complexity hard",
        "workdays --from tomorrow --add 1",
        "workdays --from 2026-02-10 --add one",
        "staffing --per-hour nan --service-minutes 6 --counters 4 --target-minutes 10",
        "suitability --issuer-level 9 --client-level 1 --on 2026-11-23",
        "check",
        "nothing",
    ],
)
def test_wrong_usage_is_exit_2(words: str) -> None:
    result = run(words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_person_sees_rule_and_plan_in_80_columns() -> None:
    result = run("loan --principal 1000000 --annual 4.9 --months 360 --method equal-principal")
    assert "R-LN-01" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert result.stdout.count("\n") > 360


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_value_breaks_an_option(amount: str, rate: str) -> None:
    words = ["--principal", amount, "--annual", rate, "--months", "12", "--method", "bullet"]
    result = RUNNER.invoke(app, ["loan", "--json", *words])
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_no_rule_is_imported_before_it_is_asked() -> None:
    code = (
        "import sys, tellertui.cli.rules\n"
        "late = ('tellertui.workflows.', 'tellertui.customers.rules', 'lunar_python', 'phonenumbers',\n"
        "        'sqlmodel', 'textual', 'cryptography', 'rich.table')\n"
        "print([name for name in sys.modules if name.startswith(late)])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


RULE_MODULES = [
    "tellertui.branch.calendar",
    "tellertui.branch.lunar",
    "tellertui.workflows.care.rules.birthdays",
    "tellertui.workflows.care.rules.cadence",
    "tellertui.workflows.care.rules.draw",
    "tellertui.workflows.care.rules.points",
    "tellertui.workflows.complaints.rules.clocks",
    "tellertui.workflows.products.rules.quotes",
    "tellertui.workflows.products.rules.suitability",
    "tellertui.workflows.products.rules.wording",
    "tellertui.workflows.reception.staffing",
]


def test_rules_import_only_the_standard_library_and_msgspec() -> None:
    code = (
        f"import sys, json\nfor name in {RULE_MODULES!r}: __import__(name)\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names))))"
    )
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    names = [name for name in json.loads(found.stdout) if not name.startswith("_")]
    # msgspec looks for typing_extensions on its own.
    assert set(names) <= {"tellertui", "msgspec", "typing_extensions"}
