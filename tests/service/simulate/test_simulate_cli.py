"""``tellertui simulate`` as a script and as a person meets it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from tellertui.cli import simulating
from tellertui.cli.context import current
from tellertui.cli.main import run
from tellertui.simulate import throwaway
from tellertui.simulate.report import Proof, Replayed, Served, half_hours
from tellertui.store.findings import Report

ROWS = "arrival,service_minutes,class\n08:00:00,4.5,\n08:01:00,10,vip\n08:30:00,1,senior\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def arrivals(tmp_path: Path) -> Path:
    file = tmp_path / "arrivals.csv"
    file.write_text(ROWS)
    return file


@pytest.fixture
def simulated(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; return its exit code and what it printed."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("TELLERTUI_LANG", raising=False)

    def command(*arguments: object) -> tuple[int, str, str]:
        code = run(["simulate", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_the_document_has_the_keys_of_the_contract(simulated: Run, arrivals: Path) -> None:
    code, out, err = simulated("--arrivals", arrivals, "--counters", 1, "--json")
    document: dict[str, Any] = json.loads(out)
    entries = document["journal"].pop("entries")
    assert (code, err) == (0, "")
    assert entries > 12
    assert document == {
        "tickets": [
            {"arrival": "08:00:00", "class": "normal", "called": "08:00:00", "wait_s": 0, "counter": 1},
            {"arrival": "08:01:00", "class": "vip", "called": "08:04:30", "wait_s": 210, "counter": 1},
            {"arrival": "08:30:00", "class": "senior", "called": "08:30:00", "wait_s": 0, "counter": 1},
        ],
        "issued": 3,
        "served": 3,
        "refused": 0,
        "wait_mean_s": 70,
        "wait_p90_s": 210,
        "wait_max_s": 210,
        "utilisation": pytest.approx(15.5 / 540),
        "journal": {"verified": True},
    }


def test_the_keys_stand_in_the_order_of_the_contract(simulated: Run, arrivals: Path) -> None:
    _, out, _ = simulated("--arrivals", arrivals, "--counters", 1, "--json")
    assert [*json.loads(out)] == [
        *("tickets", "issued", "served", "refused", "wait_mean_s", "wait_p90_s", "wait_max_s"),
        *("utilisation", "journal"),
    ]


def test_every_option_has_its_effect(simulated: Run, arrivals: Path) -> None:
    options = ("--counters", 2, "--open", "08:00", "--close", "08:29", "--max-service", "2", "--json")
    _, out, _ = simulated("--arrivals", arrivals, *options, "--date", "2024-02-29", "--policy", "credit")
    document = json.loads(out)
    assert (document["issued"], document["refused"]) == (2, 1)
    assert [ticket["counter"] for ticket in document["tickets"]] == [1, 2]
    assert document["utilisation"] == pytest.approx(4 / 58)


def test_the_sample_is_the_same_day_until_another_seed_is_given(simulated: Run) -> None:
    documents = [
        simulated("--sample", "--json", *more)[1] for more in ((), (), ("--seed", "8"), ("--counters", "6"))
    ]
    first, again, other, more = map(json.loads, documents)
    assert first == again
    assert first["tickets"] != other["tickets"]
    assert [each["arrival"] for each in first["tickets"]] == [each["arrival"] for each in more["tickets"]]
    assert first["wait_mean_s"] > more["wait_mean_s"]
    assert 150 < first["issued"] < 210
    assert 0.6 < first["utilisation"] < 0.95


@pytest.mark.parametrize("lang", ["en", "zh_Hans", "zh_Hant"])
def test_people_read_figures_and_a_histogram_in_80_columns(simulated: Run, lang: str) -> None:
    code, out, err = simulated("--sample", "--lang", lang)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert max(map(cell_len, lines)) <= 80
    assert any(line.startswith("09:30") and "######" in line for line in lines)
    assert "\x1b" not in out


def tickets(time: str, number: int) -> list[Served]:
    return [Served(arrival=time, care="normal", called=time, wait_s=60, counter=1)] * number


@pytest.mark.parametrize("lang", ["en", "zh_Hans", "zh_Hant"])
def test_the_most_crowded_day_fits_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(current, "lang", lang)
    crowd, proof = tickets("10:00:00", 99_999), Proof(entries=399_996, verified=True)
    waits = {"wait_mean_s": 86_400, "wait_p90_s": 86_400, "wait_max_s": 86_400}
    simulating._print(
        Replayed(
            tickets=crowd, issued=99_999, served=99_999, refused=0, utilisation=1.0, journal=proof, **waits
        )
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert sum("#" in line for line in lines) == 1


def test_bars_are_as_long_as_customers_are_many() -> None:
    few = [*tickets("07:59:59", 2), *tickets("09:00:00", 5)]
    assert list(half_hours(few)) == [
        ("07:30", 2, 60, "##"),
        ("08:00", 0, None, ""),
        ("08:30", 0, None, ""),
        ("09:00", 5, 60, "#####"),
    ]
    many = [*tickets("10:00:00", 1_000), *tickets("10:30:00", 1)]
    assert [len(bar) for *_, bar in half_hours(many)] == [40, 1]
    assert list(half_hours([])) == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), "simulate-source"),
        (("--sample", "--arrivals", "x.csv"), "simulate-source"),
        (("--arrivals", "x.csv", "--counters", "2", "--seed", "3"), "simulate-source"),
        (("--arrivals", "x.csv"), "simulate-counters"),
        (("--sample", "--counters", "0"), "simulate-counters"),
        (("--sample", "--counters", "1000"), "simulate-counters"),
        (("--sample", "--open", "8:00"), "simulate-hours"),
        (("--sample", "--open", "０8:00"), "simulate-hours"),
        (("--sample", "--close", "08:00"), "simulate-hours"),
        (("--sample", "--close", "24:01"), "simulate-hours"),
        (("--sample", "--date", "2026-02-30"), "simulate-date"),
        (("--sample", "--date", "20261123"), "simulate-date"),
        (("--sample", "--date", "1999-12-31"), "simulate-date"),
        (("--sample", "--max-service", "0"), "simulate-length"),
        (("--sample", "--max-service", "-3"), "simulate-length"),
        (("--sample", "--max-service", "ten"), "simulate-length"),
        (("--sample", "--policy", "lifo"), "simulate-policy"),
        (("--arrivals", "missing.csv", "--counters", "1"), "arrivals-file"),
    ],
)
def test_wrong_usage_is_refused_with_2(simulated: Run, options: tuple[str, ...], code: str) -> None:
    found, out, err = simulated(*options, "--json")
    assert (found, json.loads(out)["error"]["code"]) == (2, code)
    assert err.startswith("tellertui: ")


@pytest.mark.parametrize("options", [("--counters", "two"), ("--seed", "x"), ("--nothing",), ("--date",)])
def test_options_that_cannot_be_read_are_wrong_usage(simulated: Run, options: tuple[str, ...]) -> None:
    found, out, err = simulated("--sample", *options)
    assert (found, out) == (2, "")
    assert err.startswith("tellertui: ")


def test_a_bad_row_is_named_by_line_and_column(simulated: Run, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text(ROWS + "08:40:00,minus four,\n")
    found, out, err = simulated("--arrivals", file, "--counters", 1)
    assert (found, out) == (2, "")
    assert "Line 5, column service_minutes" in err
    assert "minus four" not in err


def test_a_journal_that_does_not_verify_is_a_no(
    simulated: Run, arrivals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throwaway, "verify", lambda *_: Report(3, None, False, []))
    code, out, _ = simulated("--arrivals", arrivals, "--counters", 1, "--json")
    assert (code, json.loads(out)["journal"]) == (1, {"entries": 3, "verified": False})
    code, out, _ = simulated("--arrivals", arrivals, "--counters", 1)
    assert code == 1
    assert ["Journal", "verified", "NO"] in [line.split() for line in out.splitlines()]


def test_the_program_prints_one_document_and_shows_no_bar_where_nobody_looks(arrivals: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tellertui", "simulate", "--arrivals", arrivals, "--counters", "1", "--json"],
        capture_output=True,
        check=False,
        env={**os.environ, "LANG": "C", "FORCE_COLOR": "1"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert msgspec.json.decode(done.stdout)["served"] == 3


def test_a_bar_is_shown_on_the_standard_error_of_a_terminal(
    simulated: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    _, out, err = simulated("--sample")
    assert "100%" in err
    assert "100%" not in out
    assert simulated("--sample", "--json")[2] == ""
