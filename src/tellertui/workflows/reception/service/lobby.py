"""The lobby: visitors without a ticket, services that are stopped, calls for help."""

from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.records import Service, Terminal
from tellertui.core.clock import SECOND
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import HelpCall
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.service.find import identifier, listed, own_counter, service_of, zone_of
from tellertui.workflows.reception.service.moments import moment, stopped
from tellertui.workflows.reception.views import Diverted, HelpView, Suspension

UNANSWERED_S = 20
"""For how long a call for help is the lobby desk's alone."""

OPEN_HELP = Query(
    HelpCall, select(HelpCall).where(col(HelpCall.answered_at).is_(None)).order_by(col(HelpCall.at))
)
_SAME_PLACE = Query(
    HelpCall,
    select(HelpCall).where(
        col(HelpCall.answered_at).is_(None),
        col(HelpCall.place) == bindparam("place"),
        col(HelpCall.terminal) == bindparam("terminal"),
    ),
)


@handles(api.Divert)
def divert(work: Work, command: api.Divert) -> tuple[str]:
    """Record a visitor who needs no ticket, by outcome."""
    outcome = listed(command.outcome, lists().divert)
    work.record(e.VisitorDiverted(outcome))
    return (outcome,)


@views(api.Divert)
def diverted(reads: Reads, result: tuple[str]) -> Diverted:
    """Return the outcome."""
    return Diverted(outcome=result[0])


@handles(api.Suspend)
def suspend(work: Work, command: api.Suspend) -> tuple[str]:
    """Stop giving numbers for a service; who has one is still served."""
    service = service_of(work, command.service)
    reason = listed(command.reason, lists().suspend)
    written = command.until
    until = None if written is None else moment(written, work.day, zone_of(work), work.now)
    work.update(Service, service.code, suspended_reason=reason, suspended_until=until)
    work.record(e.ServiceSuspended(service.code, reason, until))
    return (service.code,)


@handles(api.Unsuspend)
def unsuspend(work: Work, command: api.Unsuspend) -> tuple[str]:
    """Give numbers for a service again."""
    service = service_of(work, command.service)
    if service.suspended_reason is not None:
        work.update(Service, service.code, suspended_reason=None, suspended_until=None)
        work.record(e.ServiceUnsuspended(service.code))
    return (service.code,)


def _suspension(reads: Reads, result: tuple[str]) -> Suspension:
    service = service_of(reads, result[0])
    if not stopped(service, reads.now):
        return Suspension(service=service.code, reason=None, until=None)
    return Suspension(service=service.code, reason=service.suspended_reason, until=service.suspended_until)


views(api.Suspend)(_suspension)
views(api.Unsuspend)(_suspension)


@handles(api.Help)
def ask_for_help(work: Work, command: api.Help) -> tuple[UUID]:
    """Call a person; pressing again changes nothing while the first call is open."""
    place = listed(command.place, lists().place)
    terminal = work.actor.terminal
    open_call = work.one(_SAME_PLACE, place=place, terminal=terminal)
    if open_call is not None:
        return (open_call.id,)
    counter = _place_of(work)
    call = work.insert(
        HelpCall, id=work.ids.new(), place=place, counter=counter, terminal=terminal, at=work.now
    )
    work.record(e.HelpCalled(call.id, place, counter))
    return (call.id,)


def _place_of(work: Work) -> str | None:
    """Return the counter that somebody has opened, else that of the terminal: a panel has no person."""
    own, terminal = own_counter(work), work.get(Terminal, work.actor.terminal)
    return own.code if own is not None else terminal.counter if terminal is not None else None


@answers(api.HelpCalls)
def help_calls(reads: Reads, _: api.HelpCalls) -> list[HelpView]:
    """Return the calls that all staff are to know of."""
    latest = reads.now - UNANSWERED_S * SECOND
    return [help_view(call) for call in reads.all(OPEN_HELP) if call.at <= latest]


@handles(api.HelpAnswer)
def answer_help(work: Work, command: api.HelpAnswer) -> tuple[UUID]:
    """Say that a person is on the way; who is second changes nothing."""
    call = work.get(HelpCall, identifier(command.id, api.UNKNOWN_HELP))
    if call is None:
        raise api.UNKNOWN_HELP()
    if call.answered_at is None:
        work.update(HelpCall, call.id, answered_at=work.now, answered_by=work.actor.name)
        work.record(e.HelpAnswered(call.id, (work.now - call.at) // SECOND))
    return (call.id,)


def _help(reads: Reads, result: tuple[UUID]) -> HelpView:
    call = reads.get(HelpCall, result[0])
    if call is None:
        raise api.UNKNOWN_HELP()
    return help_view(call)


def help_view(call: HelpCall) -> HelpView:
    """Return a call for help as the lobby desk shows it."""
    return HelpView(id=call.id, place=call.place, counter=call.counter, at=call.at)


views(api.Help)(_help)
views(api.HelpAnswer)(_help)
