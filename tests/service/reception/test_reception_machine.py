"""Any day that people could make of the lobby: random commands against the rules that must always hold."""

import shutil
from collections import Counter as Tally
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lobby import CHEN, KIOSK, LI, LIN, WANG, ZHOU, Lobby
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.branch.opening import open_branch
from tellertui.branch.records import Counter
from tellertui.core.clock import ManualClock, millis
from tellertui.core.command import Command
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.vault.providers import provider
from tellertui.workflows.closing.figures import fold, mean, nearest_rank
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import QueueOvertaken, TicketCalled
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import CLASSES, policy_on

MOVES = {
    (None, "waiting"),
    ("waiting", "called"),
    ("called", "serving"),
    ("called", "missed"),
    ("missed", "waiting"),
    ("serving", "on_hold"),
    ("on_hold", "serving"),
    ("serving", "waiting"),
    ("waiting", "abandoned"),
    ("on_hold", "abandoned"),
    ("serving", "served"),
    ("served", "waiting"),
    *((state, "expired") for state in ("waiting", "called", "serving", "on_hold")),
}
LIMIT = policy_on("2026-11-23").order.overtake_limit
NINE = millis(datetime.fromisoformat("2026-11-23T09:00:00+08:00"))

people = st.sampled_from([WANG, LI, CHEN])
counters = st.sampled_from(["1", "2", "3"])
services = st.sampled_from(["cash", "non-cash", "account"])
classes = st.sampled_from(CLASSES)
results = st.sampled_from(list(lists().result))
picks = st.integers(0, 1_000)


class Day(RuleBasedStateMachine):
    """One day; every refused command must have changed nothing, every other only what the table allows."""

    template: Path
    home: Path
    founded: Any
    made = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).made += 1
        directory = self.home / f"day-{self.made}"
        shutil.copytree(self.template, directory)
        self.clock = ManualClock(NINE)
        secret = provider("memory", directory, "test").load(UUID(self.founded.settings.store_id))
        ids = TimedIds(self.clock)
        self.opened = open_branch(directory, self.founded.settings, secret, self.clock, ids)
        self.opened.store.start()
        self.lobby = Lobby(self.opened.store, self.clock)
        self.before: dict[UUID, Ticket] = {}
        self.waits: dict[UUID, int] = {}
        self.codes: Tally[str] = Tally()

    @initialize()
    def open_the_day(self) -> None:
        self.lobby.do(OpenDay(), ZHOU)
        self.lobby.serve("1", "cash", "non-cash")
        self.lobby.serve("2", "cash", "account")
        self.lobby.serve("3", "cash", "non-cash", "account")
        for counter, actor in (("1", WANG), ("2", LI)):
            self.lobby.open(counter, actor)

    def try_(self, command: Command[Any], actor: Any) -> bool:
        """Send a command that may be refused."""
        head = self.lobby.head()
        try:
            self.lobby.do(command, actor)
        except Refusal as refused:
            self.codes[refused.code] += 1
            assert self.lobby.head() == head
            return False
        return True

    def number(self, pick: int) -> str:
        """Return the number of some ticket of the day."""
        numbers = sorted(ticket.number for ticket in self.before.values())
        return numbers[pick % len(numbers)] if numbers else "A001"

    @rule(seconds=st.integers(1, 300))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(service=services, care=classes)
    def issue(self, service: str, care: str) -> None:
        self.lobby.issue(service, care)

    @rule(service=services)
    def a_crowd_comes(self, service: str) -> None:
        for care in ("normal", "normal", "senior"):
            self.lobby.issue(service, care)

    @rule(actor=people)
    def call_next(self, actor: Any) -> None:
        self.try_(api.CallNext(), actor)

    @rule(actor=people, pick=picks)
    def call_ticket(self, actor: Any, pick: int) -> None:
        self.try_(api.CallTicket(ticket=self.number(pick), reason="urgent"), actor)

    @rule(actor=people, command=st.sampled_from([api.Recall(), api.Arrive(), api.NoShow(), api.Resume()]))
    def at_the_counter(self, actor: Any, command: Command[Any]) -> None:
        self.try_(command, actor)

    @rule(actor=people, service=services)
    def serving(self, actor: Any, service: str) -> None:
        self.try_(api.Hold(reason="copy"), actor) or self.try_(api.NextService(service=service), actor)

    @rule(actor=people, service=services)
    def forward(self, actor: Any, service: str) -> None:
        self.try_(api.Forward(service=service, reason="authority"), actor)

    @rule(actor=people, result=results)
    def finish(self, actor: Any, result: str) -> None:
        self.try_(api.Finish(result=result), actor)

    @rule(actor=people, result=results)
    def serve_from_call_to_end(self, actor: Any, result: str) -> None:
        if self.try_(api.CallNext(), actor) and self.try_(api.Arrive(), actor):
            self.clock.advance(61.5)
            self.same()
            assert self.try_(api.Finish(result=result), actor)

    @rule(actor=people)
    def call_in_vain(self, actor: Any) -> None:
        self.try_(api.CallNext(), actor)
        for _ in range(2):
            self.clock.advance(40)
            self.try_(api.Recall(), actor)
        self.try_(api.NoShow(), actor)

    @rule(pick=picks, command=st.sampled_from([api.Reactivate, api.Leave, api.Return]))
    def at_the_lobby_desk(self, pick: int, command: Any) -> None:
        self.try_(command(ticket=self.number(pick)), LIN)

    @rule(pick=picks, service=services, care=classes)
    def change_while_waiting(self, pick: int, service: str, care: str) -> None:
        number = self.number(pick)
        self.try_(api.Reclassify(ticket=number, care=care, reason="seen"), LIN)
        self.try_(api.Forward(ticket=number, service=service, reason="wrong_line"), LIN)

    @rule(pick=picks, score=st.integers(1, 5))
    def rate(self, pick: int, score: int) -> None:
        self.try_(api.Rate(ticket=self.number(pick), score=score), KIOSK)

    @rule(actor=people, counter=counters)
    def move(self, actor: Any, counter: str) -> None:
        self.try_(api.CounterOpen(counter=counter), actor)

    @rule(actor=people, command=st.sampled_from([api.CounterPause(reason="meal"), api.CounterClose()]))
    def away(self, actor: Any, command: Command[Any]) -> None:
        self.try_(command, actor)

    @invariant()
    def same(self) -> None:
        """Tickets move as the table says; counters and tickets agree."""
        tickets = {row.id: row for row in self.lobby.read(lambda reads: list(reads.every(Ticket)))}
        for identity, now in tickets.items():
            then = self.before.get(identity)
            if then is None or then.state != now.state:
                self.moved(then, now)
        assert not self.before.keys() - tickets.keys()
        self.before = tickets
        in_hand = {row.counter: row.id for row in tickets.values() if row.state in ("called", "serving")}
        at_counters = self.lobby.read(lambda reads: list(reads.every(Counter)))
        assert in_hand == {row.code: row.ticket for row in at_counters if row.ticket is not None}
        assert len(in_hand) == sum(row.state in ("called", "serving") for row in tickets.values())
        seated = [row.person for row in at_counters if row.person is not None]
        assert len(seated) == len(set(seated))

    def moved(self, then: Ticket | None, now: Ticket) -> None:
        """Check one change of state and note the wait that it ends."""
        seen = {(then.state if then else None, now.state)}
        if seen == {("waiting", "missed")}:
            seen = {("waiting", "called"), ("called", "missed")}
        if seen == {("waiting", "serving")}:
            seen = {("waiting", "called"), ("called", "serving")}
        assert seen <= MOVES, seen
        if now.state == "serving" and now.id not in self.waits:
            assert now.first_called_at is not None
            self.waits[now.id] = (now.first_called_at - now.arrived_at) // 1000

    def teardown(self) -> None:
        """Close the day: nothing stays open, and the figures are what anybody can count."""
        try:
            self.same()
            self.lobby.do(CloseDay(), ZHOU)
            self.same()
            self.check_overtaking()
            self.check_figures()
        finally:
            self.opened.store.close()

    def check_overtaking(self) -> None:
        """Nobody was passed over by rank once the limit was reached."""
        passed: Tally[UUID] = Tally()
        reason: str | None = None
        for event, plain in self.lobby.entries():
            if isinstance(event, TicketCalled):
                reason = event.reason
            if isinstance(event, QueueOvertaken):
                subjects = [UUID(bytes=subject) for subject in plain.subjects]
                assert reason is not None or all(passed[subject] < LIMIT for subject in subjects)
                passed.update(subjects)
        assert {row.id: row.overtaken for row in self.before.values() if row.overtaken} == dict(passed)

    def check_figures(self) -> None:
        """Count again from the tables, the plain way."""
        totals = fold((event, plain.at, plain.actor) for event, plain in self.lobby.entries()).totals
        tickets = list(self.before.values())
        visits = self.lobby.read(lambda reads: list(reads.every(VisitService)))
        served = [row for row in tickets if row.state == "served" or row.returned_at is not None]
        scores = [row.rating for row in tickets if row.rating is not None]
        waits = list(self.waits.values())
        lengths = [row.service_ms // 1000 for row in visits if row.service_ms is not None]
        assert (totals.issued, totals.served, totals.csat_n) == (len(tickets), len(served), len(scores))
        assert totals.no_show == sum(row.missed_at is not None for row in tickets)
        assert totals.abandoned == sum(row.state == "abandoned" for row in tickets)
        assert (totals.wait_mean_s, totals.wait_p90_s) == (mean(waits), nearest_rank(waits, 90))
        assert totals.wait_max_s == max(waits, default=None)
        assert totals.service_mean_s == mean(lengths)
        assert totals.papers_missing == sum(row.result == "missing_papers" for row in visits)
        assert totals.csat == (sum(score >= 4 for score in scores) / len(scores) if scores else None)
        assert not [row for row in tickets if row.state in ("waiting", "called", "serving", "on_hold")]
        assert all(row.ended_at is not None for row in visits)


@pytest.mark.parametrize("steps", [25, 60])
def test_a_day_of_any_kind(founded_template: Any, tmp_path: Path, steps: int) -> None:
    class Here(Day):
        template, home, founded = founded_template.directory, tmp_path, founded_template

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
