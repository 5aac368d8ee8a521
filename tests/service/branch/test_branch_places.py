"""Counters, services, terminals, staff and what the lobby may see."""

import msgspec
import pytest

from tellertui.branch import api, events
from tellertui.branch.records import Counter, Service
from tellertui.core.command import METHODS, SPECS
from tellertui.core.refusal import Refusal
from tellertui.core.role import EVERYONE, Listener, Role
from tellertui.store import handlers


def refused(house, command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        house.do(command)
    assert house.events() == []
    return caught.value


def test_every_command_of_the_branch_is_served():
    mine = [spec for spec in METHODS.values() if spec.command.__module__ == api.__name__ and spec.listeners]
    assert len(mine) == 15
    for spec in mine:
        found = handlers.answer_of(spec.command) if spec.reads else handlers.handler_of(spec.command)
        assert callable(found)
        assert spec.reads or (callable(handlers.view_of(spec.command)) and spec.events)


def test_no_listener_takes_the_expiry_of_tickets():
    spec = SPECS[api.ExpireOpen]
    assert (spec.roles, spec.listeners) == (frozenset(), frozenset())


def test_the_lobby_listener_takes_one_command_only():
    lobby = [
        spec.method
        for spec in METHODS.values()
        if spec.method.startswith("branch.") and Listener.LOBBY in spec.listeners
    ]
    assert lobby == ["branch.lobby"]


def test_who_may_change_the_branch():
    writers = {
        spec.method: spec.roles
        for spec in METHODS.values()
        if spec.command.__module__ == api.__name__ and spec.listeners and not spec.reads
    }
    assert writers.pop("branch.set_counter") == {Role.MANAGER, Role.REVIEWER, Role.LOBBY}
    assert set(writers.values()) == {frozenset({Role.MANAGER, Role.REVIEWER})}
    assert (
        SPECS[api.Staff].roles
        == SPECS[api.Terminals].roles
        == EVERYONE
        & {
            Role.MANAGER,
            Role.REVIEWER,
            Role.AUDITOR,
        }
    )


def test_what_a_counter_serves_is_changed_once_each_and_in_order(house):
    view = house.do(api.SetCounter(counter="3", services=("account", "cash", "account")))
    assert view.services == ["cash", "account"]
    assert house.events() == [events.CounterAssigned("3", ("cash", "account"))]
    assert house.read(lambda reads: reads.get(Counter, "3").services) == "cash account"
    served = {view.service: view.counters for view in house.ask(api.Services())}
    assert served["corporate"] == []
    assert "3" in served["cash"]


def test_how_a_counter_calls_is_changed_without_touching_what_it_serves(house):
    before = house.read(lambda reads: reads.get(Counter, "3").services)
    view = house.do(api.SetCounter(counter="3", continuous=True))
    assert (view.continuous, " ".join(view.services)) == (True, before)
    assert house.events() == [events.CounterPaced("3", 1)]
    assert not house.do(api.SetCounter(counter="3", continuous=False)).continuous


def test_an_unknown_counter_or_service_is_answered_with_the_known_ones(house):
    wrong = refused(house, api.SetCounter(counter="9", services=("cash",)))
    assert (wrong.code, wrong.facts) == ("unknown-counter", {"counters": "1, 2, 3, 4"})
    wrong = refused(house, api.SetCounter(counter="1", services=("cash", "crypto")))
    assert wrong.code == "unknown-service"
    assert wrong.facts["services"] == "cash, non-cash, account, corporate, wealth, enquiry, loss"
    assert "crypto" not in wrong.text()


def test_a_counter_is_added_closed_and_once(house):
    view = house.do(api.AddCounter(counter="10", services=("loss",)))
    assert (view.state, view.person, view.services) == ("closed", None, ["loss"])
    assert [each.counter for each in house.ask(api.Counters())] == ["1", "2", "3", "4", "10"]
    with pytest.raises(Refusal, match="counter-exists"):
        house.do(api.AddCounter(counter="10", services=("loss",)))
    assert len(house.events()) == 1


def test_a_service_changes_only_in_what_is_given(house):
    view = house.do(api.SetService(service="corporate", last_number="16:30"))
    assert (view.minutes, view.last_number, view.enabled) == (10, "16:30", True)
    view = house.do(api.SetService(service="corporate", minutes=12))
    assert (view.minutes, view.last_number, view.enabled) == (12, "16:30", True)
    view = house.do(api.SetService(service="corporate", last_number=None, enabled=False))
    assert (view.minutes, view.last_number, view.enabled) == (12, None, False)
    assert house.events() == [
        events.ServiceSet("corporate", 1, 990, 10),
        events.ServiceSet("corporate", 1, 990, 12),
        events.ServiceSet("corporate", 0, None, 12),
    ]


def test_a_change_of_nothing_is_refused(house):
    assert refused(house, api.SetService(service="cash")).code == "nothing-given"
    assert refused(house, api.SetService(service="gold", minutes=5)).code == "unknown-service"


def test_services_come_in_order_with_their_papers_in_three_languages(house):
    services = house.ask(api.Services())
    assert [view.prefix for view in services] == ["A", "C", "E", "F", "H", "N", "L"]
    account = services[2]
    assert account.name.said("zh_Hans") == "开户变更"
    assert [paper.name.said("zh_Hant") for paper in account.papers] == ["身份證", "手機", "居住證明"]
    assert all(view.counters for view in services)
    assert house.read(lambda reads: reads.get(Service, "account").position) == 3


def test_a_terminal_is_registered_closed_and_registered_again(house):
    view = house.do(api.AddTerminal(terminal="desk-3", kind="desk", counter="3", uids=(1003, 1001, 1003)))
    assert (view.state, view.counter, view.uids) == ("active", "3", [1001, 1003])
    with pytest.raises(Refusal, match="terminal-exists"):
        house.do(api.AddTerminal(terminal="desk-3", kind="desk"))
    assert house.do(api.CloseTerminal(terminal="desk-3")).state == "closed"
    with pytest.raises(Refusal, match="unknown-terminal"):
        house.do(api.CloseTerminal(terminal="desk-3"))
    house.do(api.AddTerminal(terminal="desk-3", kind="kiosk"))
    (view,) = house.ask(api.Terminals())
    assert (view.kind, view.state, view.counter, view.uids) == ("kiosk", "active", None, [])
    assert house.events() == [
        events.TerminalAdded("desk-3", "desk", "3", (1001, 1003)),
        events.TerminalClosed("desk-3"),
        events.TerminalAdded("desk-3", "kiosk", None, ()),
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (api.AddTerminal(terminal="p", kind="panel"), "terminal-counter"),
        (api.AddTerminal(terminal="k", kind="kiosk", counter="1"), "terminal-counter"),
        (api.AddTerminal(terminal="b", kind="board", counter="1"), "terminal-counter"),
        (api.AddTerminal(terminal="p", kind="panel", counter="8"), "unknown-counter"),
        (api.AddTerminal(terminal="d", kind="desk", uids=(65534,)), "terminal-uid"),
        (api.CloseTerminal(terminal="nowhere"), "unknown-terminal"),
    ],
)
def test_terminals_that_cannot_be_are_refused(house, command, code):
    assert refused(house, command).code == code
    assert house.ask(api.Terminals()) == []


def test_staff_are_listed_by_code_and_without_a_name(house):
    listed = house.ask(api.Staff())
    assert [(view.person, view.roles, view.state) for view in listed] == [
        ("0101", ["manager"], "active"),
        ("0102", ["reviewer"], "active"),
    ]
    assert api.PersonView.__struct_fields__ == ("person", "roles", "state")


def test_the_lobby_sees_hours_and_words_and_no_person(house):
    house.do(api.OpenDay())
    view = house.ask(api.Lobby())
    assert (view.name, view.open, view.close) == ("Chengnan", "08:30", "17:00")
    assert (view.next_day, view.next_open) == ("2026-11-24", "08:30")
    assert [offer.service for offer in view.offers] == [each.service for each in house.ask(api.Services())]
    assert {paper.paper for paper in view.papers} >= {"identity", "own-phone"}
    assert b"0101" not in msgspec.json.encode(view)


def test_the_branch_is_shown_whole(house):
    view = house.ask(api.Show())
    assert (view.code, view.time_zone, view.language, view.standalone) == (
        "B001",
        "Asia/Shanghai",
        "zh_Hant",
        True,
    )
    assert [counter.counter for counter in view.counters] == ["1", "2", "3", "4"]
    assert len(view.services) == 7


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("branch.open_day", {"open": "8:30"}),
        ("branch.open_day", {"close": "24:01"}),
        ("branch.open_day", {"hours": "08:30"}),
        ("branch.set_counter", {"counter": "3", "services": []}),
        ("branch.set_counter", {"counter": "0", "services": ["cash"]}),
        ("branch.set_counter", {"counter": "3", "services": ["Cash'--"]}),
        ("branch.set_service", {"service": "cash", "minutes": 0}),
        ("branch.add_terminal", {"terminal": "d", "kind": "phone"}),
        ("branch.add_terminal", {"terminal": "d", "kind": "desk", "uids": [-1]}),
    ],
)
def test_parameters_outside_their_form_never_reach_a_handler(method, params):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, METHODS[method].command)
