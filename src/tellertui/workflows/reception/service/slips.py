"""Slips: what is queued with a ticket, what the courier is handed, and what has come out.

Jobs and the state of the printer are operational rows; the journal says that a slip was asked for and that
it came out, never what stood on it.
"""

from typing import Literal, cast
from uuid import UUID

from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from tellertui.branch.hours import branch_of, clock_text, hours_on
from tellertui.branch.records import Paper, Service
from tellertui.core.clock import local
from tellertui.i18n import translator
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads, Statement
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception import printing as p
from tellertui.workflows.reception.records import Printer, PrintJob, Ticket
from tellertui.workflows.reception.service.find import ticket_of, zone_of
from tellertui.workflows.reception.service.lanes import words_of
from tellertui.workflows.reception.service.show import issued_view, known, missing_papers
from tellertui.workflows.reception.slip import Facts, return_slip, ticket_slip

MOST_SENT = 3
"""After so many times a slip is left alone: a printer that fails midway is not to spend its paper on it."""
SLIPS_PRINTER = "slips"

Kind = Literal["ticket", "return"]

_WAITING = Query(
    PrintJob,
    select(PrintJob)
    .where(col(PrintJob.day) == bindparam("day"), col(PrintJob.sent) < MOST_SENT)
    .order_by(col(PrintJob.id)),
)
_JOB = Query(PrintJob, select(PrintJob).where(col(PrintJob.id) == bindparam("id")))
_DROP = Statement(delete(PrintJob).where(col(PrintJob.id) == bindparam("id")))
_DROP_DAYS = Statement(delete(PrintJob).where(col(PrintJob.day) <= bindparam("day")))
_PRINTER = Query(Printer, select(Printer).where(col(Printer.code) == SLIPS_PRINTER))
_DROP_PRINTER = Statement(delete(Printer).where(col(Printer.code) == SLIPS_PRINTER))


def queue_slip(work: Work, ticket_id: UUID, kind: Kind = "ticket", *, copy: bool = False) -> None:
    """Queue a slip in this transaction where a printer is set up; it never holds a ticket up."""
    if work.one(_PRINTER) is None:
        return
    seen = issued_view(work, (ticket_id,))
    job = work.ids.new()
    work.note(
        PrintJob,
        id=job,
        day=work.day,
        ticket=ticket_id,
        kind=kind,
        copy_of=copy,
        queued_at=work.now,
        sent=0,
        ahead=seen.ahead,
        wait_lo_min=seen.wait_lo_min,
        wait_hi_min=seen.wait_hi_min,
    )
    work.record(e.SlipQueued(job, ticket_id, kind, int(copy)), ticket_id)
    work.notify(p.SLIPS)


def drop_slips(work: Work, day: str) -> None:
    """Drop what was not printed up to a day."""
    work.sweep(_DROP_DAYS, day=day)
    work.notify(p.SLIPS)


@handles(p.PrintSlip)
def print_slip(work: Work, command: p.PrintSlip) -> tuple[()]:
    """Queue a copy of a ticket's slip, of the papers still needed where it ended so."""
    ticket = ticket_of(work, command.ticket)
    if ticket.day != work.day:
        raise api.NOT_TODAY()
    if work.one(_PRINTER) is None:
        raise p.NO_PRINTER()
    queue_slip(work, ticket.id, "return" if ticket.result == "missing_papers" else "ticket", copy=True)
    return ()


@views(p.PrintSlip)
def asked(reads: Reads, _: tuple[()]) -> p.PrinterView:
    """Show whether it will come out now."""
    return printer_view(reads)


@answers(p.ShowPrinter)
def show_printer(reads: Reads, _: p.ShowPrinter) -> p.PrinterView:
    """Show whether slips come out."""
    return printer_view(reads)


def printer_view(reads: Reads) -> p.PrinterView:
    """Return what the courier last said, and how many slips wait."""
    found, waiting = reads.one(_PRINTER), len(reads.all(_WAITING, day=reads.day))
    if found is None:
        return p.PrinterView(state="none", why=None, since=None, waiting=0)
    return p.PrinterView(
        state="ready" if found.state == "ready" else "off",
        why=cast(p.Trouble | None, found.why),
        since=found.since,
        waiting=waiting,
    )


@handles(p.ReportPrinter)
def report_printer(work: Work, command: p.ReportPrinter) -> tuple[()]:
    """Note whether slips are printed at all; what waited for a printer that is gone is dropped."""
    if not command.present:
        work.sweep(_DROP_PRINTER)
        drop_slips(work, work.day)
    elif work.one(_PRINTER) is None:
        _say(work, "ready", None)
    return ()


def _say(work: Work, state: str, why: str | None) -> None:
    """Write what the printer does; ``since`` stays while that stays."""
    found = work.one(_PRINTER)
    if found is None or (found.state, found.why) != (state, why):
        work.sweep(_DROP_PRINTER)
        work.note(Printer, code=SLIPS_PRINTER, state=state, why=why, since=work.now)


@answers(p.Jobs)
def jobs(reads: Reads, _: p.Jobs) -> list[UUID]:
    """Return the slips that wait."""
    return [job.id for job in reads.all(_WAITING, day=reads.day)]


@handles(p.Take)
def take(work: Work, command: p.Take) -> tuple[UUID, bool]:
    """Count the sending before it begins, so that the next one knows of it."""
    job = work.one(_JOB, id=command.id)
    if job is None:
        return command.id, False
    sent = {"sent": job.sent + 1}
    work.sweep(_DROP, id=job.id)
    work.note(PrintJob, **{name: getattr(job, name) for name in PrintJob.model_fields} | sent)
    return job.id, bool(job.copy_of or job.sent)


@views(p.Take)
def taken(reads: Reads, result: tuple[UUID, bool]) -> p.Job | None:
    """Return what is to be printed, made of the rows of now and the wait that was told then."""
    job = reads.one(_JOB, id=result[0])
    if job is None or job.day != reads.day:
        return None
    return p.Job(id=job.id, copy=result[1], slip=slip_of(reads, job))


@handles(p.Printed)
def printed(work: Work, command: p.Printed) -> tuple[()]:
    """Forget a slip that came out; saying so twice changes nothing."""
    job = work.one(_JOB, id=command.id)
    if job is not None:
        work.sweep(_DROP, id=job.id)
        work.record(e.SlipPrinted(job.id, job.ticket), job.ticket)
        _say(work, "ready", None)
    return ()


@handles(p.Failed)
def failed(work: Work, command: p.Failed) -> tuple[()]:
    """Keep a slip for later; only taking it counts as a sending, and nothing takes that back."""
    if work.one(_JOB, id=command.id) is not None:
        _say(work, "off", command.why)
    return ()


def nothing(_: Reads, __: tuple[()]) -> None:
    """Show nothing: the courier knows."""


for _command in (p.ReportPrinter, p.Printed, p.Failed):
    views(_command)(nothing)


def slip_of(reads: Reads, job: PrintJob) -> p.Slip:
    """Return the slip of a job in the language of its ticket."""
    ticket = known(reads, job.ticket)
    facts, say = _facts(reads, ticket, job), translator(ticket.language)
    return return_slip(facts, say) if job.kind == "return" else ticket_slip(facts, say)


def _facts(reads: Reads, ticket: Ticket, job: PrintJob) -> Facts:
    branch, service, hours = branch_of(reads), reads.get(Service, ticket.service), hours_on(reads, job.day)
    wanted = missing_papers(ticket) if job.kind == "return" else None
    if wanted is None:
        wanted = service.papers.split() if service is not None else []
    papers = [reads.get(Paper, code) for code in wanted]
    language = ticket.language
    return Facts(
        language=language,  # type: ignore[arg-type]
        branch_code=branch.code,
        branch=branch.name,
        day=job.day,
        time=local(job.queued_at, zone_of(reads)).strftime("%H:%M"),
        number=ticket.number,
        service=ticket.service if service is None else words_of(service).said(language),
        ahead=job.ahead,
        wait_lo_min=job.wait_lo_min,
        wait_hi_min=job.wait_hi_min,
        papers=tuple(words_of(paper).said(language) for paper in papers if paper is not None),
        hours=None if hours is None else (clock_text(hours[0]), clock_text(hours[1])),
    )
