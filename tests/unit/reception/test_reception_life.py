"""The life of a ticket, step by step as the state table gives it (C2), and the closed lists."""

import re
from typing import get_args

import msgspec
import pytest

import tellertui.workflows.reception.api as api
from tellertui.core.command import METHODS
from tellertui.core.event import EVENTS, Code
from tellertui.core.role import Listener
from tellertui.core.topic import TOPICS
from tellertui.workflows.reception import events as _events  # noqa: F401 - registers them
from tellertui.workflows.reception.rules.life import STATES, STEPS, possible
from tellertui.workflows.reception.rules.lists import lists

TABLE = """
precheck      waiting                        waiting
reclassify    waiting                        waiting
call          waiting                        called
recall        called                         called
arrive        called                         serving
no_show       called                         missed
reactivate    missed                         waiting
hold          serving                        on_hold
resume        on_hold                        serving
next_service  serving                        serving
forward       waiting,serving                waiting
leave         waiting,on_hold                abandoned
finish        serving                        served
return        served                         waiting
rate          served                         served
expire        waiting,called,serving,on_hold expired
"""


def test_the_table() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    assert {name: (set(before.split(",")), after) for name, before, after in rows} == {
        name: (set(step.before), step.after) for name, step in STEPS.items()
    }
    assert set(STATES) == {state for step in STEPS.values() for state in (*step.before, step.after)}


def test_nothing_leads_out_of_abandoned_and_expired() -> None:
    assert not any(possible(step, state) for step in STEPS for state in ("abandoned", "expired"))


def test_every_word_of_a_list_can_stand_in_an_entry_and_on_every_screen() -> None:
    pattern = re.compile(get_args(Code)[1].pattern)
    for name in msgspec.structs.asdict(lists()):
        words = getattr(lists(), name)
        assert words
        for code, said in words.items():
            assert pattern.fullmatch(code), (name, code)
            assert all((said.zh_hant, said.zh_hans, said.en)), (name, code)


def test_the_results_are_those_of_the_contract() -> None:
    assert list(lists().result) == ["done", "missing_papers", "referred", "rejected"]


RECEPTION = sorted(method for method in METHODS if method.startswith("reception."))


@pytest.mark.parametrize("method", RECEPTION)
def test_what_a_command_declares_exists(method: str) -> None:
    spec = METHODS[method]
    assert set(spec.events) <= {name for name, _ in EVENTS}
    assert set(spec.topics) <= set(TOPICS)
    assert spec.roles or Listener.STAFF not in spec.listeners


def test_only_public_methods_are_answered_in_the_lobby() -> None:
    public = {method for method in RECEPTION if METHODS[method].listeners == api.PUBLIC}
    names = {"issue", "services", "board", "panel", "printer", "rate", "help", "check_in"}
    assert public == {f"reception.{name}" for name in names}
