"""The end-of-day sheet as one self-contained HTML page for A4 paper."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from tellertui.i18n import translator
from tellertui.workflows.closing.words import COLUMNS, FIGURES, ITEMS, SEATS, STATES

STYLE = """
@page { size: A4; margin: 15mm }
body { font: 11pt/1.35 "Noto Sans CJK SC", "Noto Sans", sans-serif; color: #000; margin: 0 }
h1 { font-size: 16pt; margin: 0 0 4mm } h2 { font-size: 12pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: 0.6mm 2mm 0.6mm 0 }
td { border-bottom: 0.2mm solid #999 } td.n { text-align: right; font-variant-numeric: tabular-nums }
.two { columns: 2; column-gap: 10mm } .mono { font-family: monospace; word-break: break-all }
"""


def html(sheet: dict[str, Any], lang: str) -> str:
    """Return the page of a sheet in one of the three languages."""
    say = translator(lang)
    title = f"{sheet['branch']}  {sheet['date']}  {say(STATES[sheet['state']])}"
    head = sheet["head"]
    body = [
        f"<h1>{escape(title)}</h1>",
        _items(sheet, say),
        '<div class="two">',
        _table([], [(say(FIGURES[name]), _shown(value)) for name, value in sheet["figures"].items()]),
        "</div>",
        _rows(sheet["services"], say),
        _rows(sheet["staff"], say),
        f'<p class="mono">{head["incarnation"]}/{head["seq"]}  {escape(head["hash"])}</p>',
        _table([], [(say(SEATS[each["seat"]]), each["staff"], each["key"]) for each in sheet["signatures"]]),
    ]
    tag = {"zh_Hant": "zh-Hant", "zh_Hans": "zh-Hans"}.get(lang, "en")
    return (
        f'<!doctype html>\n<html lang="{tag}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body></html>\n"
    )


def _items(sheet: dict[str, Any], say: Callable[[str], str]) -> str:
    rows = [
        (mark, say(ITEMS[item["item"]]), str(item["count"]), " ".join(item["detail"]))
        for mark, kind in (("!", "blocking"), ("i", "notes"))
        for item in sheet[kind]
    ]
    return _table([], rows) if rows else ""


def _rows(rows: list[dict[str, Any]], say: Callable[[str], str]) -> str:
    if not rows:
        return ""
    names = list(rows[0])
    return _table(
        [say(COLUMNS[name]) for name in names], [[_shown(row[name]) for name in names] for row in rows]
    )


def _table(headings: list[str], rows: Iterable[Iterable[str]]) -> str:
    head = "<tr>" + "".join(f"<th>{escape(each)}</th>" for each in headings) + "</tr>" if headings else ""
    lines = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return f"<table>{head}{lines}</table>"


def _cell(value: str) -> str:
    number = value.replace(".", "", 1).removeprefix("-").isdigit()
    return f'<td class="n">{escape(value)}</td>' if number else f"<td>{escape(value)}</td>"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
