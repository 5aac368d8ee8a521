"""``branch``, ``staff``, ``terminals`` and ``eod``: the branch's own affairs, for officers and operators."""

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tellertui.cli.calling import ask
from tellertui.cli.context import current
from tellertui.cli.output import print_json, print_line, print_table
from tellertui.core.refusal import N_, NO, UNREACHABLE, refusal

branch_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
staff_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
terminals_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NOT_WRITTEN = refusal("not-written", N_("The file could not be written: {why}."), UNREACHABLE)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.add_typer(branch_app, name="branch", help="Days, counters, services and hours.")
    app.add_typer(staff_app, name="staff", help="Who may sign on.")
    app.add_typer(terminals_app, name="terminals", help="What may connect.")
    app.command("eod")(eod)


def _show(method: str, params: dict[str, Any], *, as_json: bool) -> None:
    """Send a command and print its view: JSON, a table of a list, or a line per field."""
    given = {name: value for name, value in params.items() if value is not None}
    result = ask(method, msgspec.json.encode(given))
    if as_json:
        print_json(result)
    elif isinstance(result, list):
        names = list(result[0]) if result else []
        print_table(names, [[_text(row[name]) for name in names] for row in result])
    else:
        _print_fields(result)


def _print_fields(result: dict[str, Any]) -> None:
    for name, value in result.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print_table(list(value[0]), [[_text(cell) for cell in row.values()] for row in value], name)
        else:
            print_line(f"{name:<16}{_text(value)}")


def _text(value: Any) -> str:
    if isinstance(value, dict) and "zh_Hans" in value:
        return str(value.get(current.lang) or value["en"])
    if isinstance(value, dict):
        return " / ".join(_text(each) for each in value.values())
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    return "" if value is None else str(value)


@branch_app.command("show")
def show(as_json: Json = False) -> None:
    """Show the branch, its day, its counters and services."""
    _show("branch.show", {}, as_json=as_json)


@branch_app.command("open-day")
def open_day(
    opening: Annotated[str | None, typer.Option("--open", help="HH:MM")] = None,
    closing: Annotated[str | None, typer.Option("--close", help="HH:MM")] = None,
    as_json: Json = False,
) -> None:
    """Open the business day; outside the usual hours this is a special opening."""
    _show("branch.open_day", {"open": opening, "close": closing}, as_json=as_json)


@branch_app.command("close-day")
def close_day(as_json: Json = False) -> None:
    """End the business day: no more tickets; what is still open expires and is listed."""
    _show("branch.close_day", {}, as_json=as_json)


@branch_app.command("counters")
def counters(
    counter: Annotated[str | None, typer.Option("--set", help="Counter whose services are changed.")] = None,
    services: Annotated[str, typer.Option(help="Codes separated by commas.")] = "",
    continuous: Annotated[
        bool | None,
        typer.Option(
            "--continuous/--on-demand", help="Whether finishing one ticket calls the next by itself."
        ),
    ] = None,
    add: Annotated[str | None, typer.Option(help="Add a counter of this number.")] = None,
    as_json: Json = False,
) -> None:
    """List counters, change what one serves and how it calls, or add one."""
    codes = [code for code in services.replace(",", " ").split() if code]
    if add is not None:
        _show("branch.add_counter", {"counter": add, "services": codes}, as_json=as_json)
    elif counter is not None:
        wanted = codes if codes or continuous is None else None
        given = {"counter": counter, "services": wanted, "continuous": continuous}
        _show("branch.set_counter", given, as_json=as_json)
    else:
        _show("branch.counters", {}, as_json=as_json)


@branch_app.command("services")
def services(
    service: Annotated[str | None, typer.Option("--set", help="Service to change.")] = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable")] = None,
    last_number: Annotated[str | None, typer.Option(help="HH:MM of the last number.")] = None,
    minutes: Annotated[int | None, typer.Option(help="Expected minutes.")] = None,
    as_json: Json = False,
) -> None:
    """List services, or change one."""
    if service is None:
        _show("branch.services", {}, as_json=as_json)
        return
    changes = {"service": service, "enabled": enabled, "last_number": last_number, "minutes": minutes}
    _show("branch.set_service", changes, as_json=as_json)


@branch_app.command("hours")
def hours(
    when: Annotated[str | None, typer.Option("--set", help="mon … sun, or a date.")] = None,
    opening: Annotated[
        str | None, typer.Option("--open", help="HH:MM; without it the branch is closed.")
    ] = None,
    closing: Annotated[str | None, typer.Option("--close", help="HH:MM")] = None,
    as_json: Json = False,
) -> None:
    """List opening hours, or set those of a weekday or a date."""
    if when is None:
        _show("branch.hours", {}, as_json=as_json)
    else:
        _show("branch.set_hours", {"when": when, "open": opening, "close": closing}, as_json=as_json)


@staff_app.command("list")
def staff_list(as_json: Json = False) -> None:
    """List staff by code, with roles and state."""
    _show("branch.staff", {}, as_json=as_json)


@terminals_app.command("list")
def terminals_list(as_json: Json = False) -> None:
    """List terminals."""
    _show("branch.terminals", {}, as_json=as_json)


@terminals_app.command("add")
def terminals_add(
    terminal: str,
    kind: Annotated[str, typer.Option(help="desk, kiosk, board or panel")] = "desk",
    counter: Annotated[str | None, typer.Option(help="Counter it belongs to.")] = None,
    uid: Annotated[
        list[int] | None, typer.Option(help="Account it may connect from; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a terminal connect."""
    given = {"terminal": terminal, "kind": kind, "counter": counter, "uids": uid}
    _show("branch.add_terminal", given, as_json=as_json)


@terminals_app.command("close")
def terminals_close(terminal: str, as_json: Json = False) -> None:
    """Let a terminal connect no more."""
    _show("branch.close_terminal", {"terminal": terminal}, as_json=as_json)


def eod(
    day: Annotated[str | None, typer.Option("--date", help="YYYY-MM-DD; today without it.")] = None,
    as_json: Json = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the figures to a file.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the sheet to a file.")] = None,
) -> None:
    """Show the end-of-day sheet of a business date; exit code 1 while it is not signed."""
    sheet = ask("closing.day", msgspec.json.encode({} if day is None else {"date": day}))
    try:
        if csv_file is not None:
            with csv_file.open("w", encoding="utf-8", newline="") as file:
                _write_csv(sheet, file)
        if html_file is not None:
            from tellertui.cli.sheet import html

            html_file.write_text(html(sheet, current.lang), encoding="utf-8")
    except OSError as error:
        raise NOT_WRITTEN(why=error.strerror) from None
    if as_json:
        print_json(sheet)
    elif csv_file is None and html_file is None:
        _print_sheet(sheet, current.lang)
    if sheet["state"] != "signed":
        raise typer.Exit(NO)


def _write_csv(sheet: dict[str, Any], file: Any) -> None:
    writer = csv.writer(file)
    writer.writerow(("date", "branch", "figure", "value"))
    for name, value in sheet["figures"].items():
        writer.writerow((sheet["date"], sheet["branch"], name, "" if value is None else value))


def _print_sheet(sheet: dict[str, Any], lang: str) -> None:
    from tellertui.i18n import translator
    from tellertui.workflows.closing.words import FIGURES, ITEMS, SEATS, STATES

    say = translator(lang)
    print_line(f"{sheet['branch']}  {sheet['date']}  {say(STATES[sheet['state']])}")
    rows = [(say(FIGURES[name]), "–" if value is None else value) for name, value in sheet["figures"].items()]
    print_table(("", ""), rows)
    for kind, title in (("blocking", "!"), ("notes", "i")):
        for item in sheet[kind]:
            print_line(f"{title} {say(ITEMS[item['item']])}  {item['count']}")
    for each in sheet["signatures"]:
        print_line(f"{say(SEATS[each['seat']])}  {each['staff']}  {each['key']}")
    head = sheet["head"]
    sys.stdout.write(f"{head['incarnation']}/{head['seq']}  {head['hash'][:16]}\n")
