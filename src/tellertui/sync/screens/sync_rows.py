"""What 905 shows, drawn purely: two sentences, the numbers, the batches, and what needs a person."""

from collections.abc import Sequence

from textual.content import Content

from tellertui.core.clock import MINUTE, local
from tellertui.core.refusal import N_
from tellertui.sync import words
from tellertui.sync.api import STANDALONE, BatchView, FeedView, RejectionView, SyncView
from tellertui.ui.chrome import Head, Line, line_text
from tellertui.ui.look import BAD, GOOD, KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.notes import WARNING
from tellertui.ui.text import Part, beside, fit, line, right, width, wrap

CODE = "905"
NAME = N_("Sync")
SHEET = 80
"""Cells of the sheet; what needs a person stands beside it where there is room."""
LABEL, COLUMN = 12, 21
RANGE, ENTRIES, SIZE, STATE = 20, 9, 11, 12
SEQ, EVENT = 9, 26
SHOWN = 2
"""Entries that need a person, on the smallest terminal; F6 shows all of them."""
MOST_FEED_ROWS = 2
SILENT = 10 * MINUTE
"""Head office is asked more often than that; a line that was not heard for so long is not up."""

REACHED = {
    "waiting": (N_("waits"), STRONG),
    "sent": (N_("sent"), STRONG),
    "accepted": (N_("accepted"), ""),
    "safe": (N_("safe"), GOOD),
}
STEPS = (
    (N_("Head office makes a code for this branch:"), "tellertui headoffice enrol-code --branch-code CODE"),
    (N_("The operator of this machine types it in:"), "tellertui sync enrol --url URL --code CODE"),
    (N_("Both sides compare the fingerprints at the foot of this page."), ""),
)
"""How a branch enrols: words, and what is typed."""


def line_of(view: SyncView, now: int, look: Look) -> Line | None:
    """Return the line to head office for the status line; None where there is none."""
    if view.state in words.UNENROLLED or words.by_file(view) or view.last_ok is None:
        return None
    up = view.courier and not view.failures and now - view.last_ok < SILENT
    return Line(up, look.clock(view.last_ok), view.waiting)


def head(view: SyncView | None, now: int, look: Look) -> Head:
    """Return the first row; at right how the line is."""
    return Head(CODE, NAME, "", line_text(line_of(view, now, look), look) if view else "")


def body(view: SyncView | None, first: int, now: int, look: Look) -> list[Content]:
    """Return the sheet from a batch on; on a wide terminal with what needs a person beside it."""
    if view is None:
        return []
    above, below = _above(view, now, look), _below(view, look)
    room = look.rows - len(above) - len(below)
    rows = (_steps(view, look) if view.state in words.UNENROLLED else _batches(view, first, now, look))[:room]
    sheet = [*above, *rows, *[Content("")] * (room - len(rows)), *below]
    if not look.wide:
        return sheet
    return beside(sheet, _pane(view, look.width - SHEET - 3, look)[: look.rows], SHEET)


def page_rows(view: SyncView, now: int, look: Look) -> int:
    """Return how many batches a page has."""
    return max(1, look.rows - len(_above(view, now, look)) - len(_below(view, look)) - 1)


# How it stands.


def _above(view: SyncView, now: int, look: Look) -> list[Content]:
    return [*_sentences(view, look), Content(""), *_numbers(view, now, look), Content("")]


def _sentences(view: SyncView, look: Look) -> list[Content]:
    warned = view.state in words.STOPPED
    mark: Part = (f"{WARNING} ", WARN) if warned else ""
    first = wrap(words.state(view, look.say), SHEET - (4 if warned else 2))
    rows = [line(" ", mark, (row, STRONG)) for row in first]
    return [*rows, *(line(" ", row) for row in wrap(words.outlook(view, look.say), SHEET - 2))]


def _numbers(view: SyncView, now: int, look: Look) -> list[Content]:
    _ = look.say
    told = [(N_("written"), view.head), (N_("accepted"), view.acked), (N_("safe"), view.safe)]
    rows = [labelled(N_("Journal"), _columns([f"{_(word)} {count:,}" for word, count in told]), look)]
    if view.state == "none":
        return rows
    heard = moment(view.last_ok, now, look) or "-"
    tries = [_next(view, now, look), _("failed {count}").format(count=view.failures)]
    tries.append(_("heard {time}").format(time=heard))
    rows.append(labelled(N_("Next try"), _columns(tries), look))
    cause = words.trouble(view.last_error, _) if view.last_error else ""
    if cause:
        first, *more = wrap(f"{moment(view.error_at, now, look)} {cause}", SHEET - LABEL - 4)
        rows.append(labelled(N_("Last error"), line((f"{WARNING} ", WARN), first), look))
        rows += [line(" " * (LABEL + 3), row) for row in more]
    return rows


def _next(view: SyncView, now: int, look: Look) -> str:
    _ = look.say
    if words.by_file(view):
        return _("by files")
    if view.next_at is not None and view.next_at > now:
        return moment(view.next_at, now, look)
    return _("by itself")


def _columns(texts: Sequence[str]) -> str:
    return "".join(fit(text, max(COLUMN, width(text) + 1)) for text in texts).rstrip()


def labelled(label: str, text: Part, look: Look) -> Content:
    """Return a row with its label in the column of labels."""
    return line(" ", (fit(look.say(label), LABEL), MUTED), text)


def moment(at: int | None, now: int, look: Look) -> str:
    """Return a time of today, or of another day with its date."""
    if at is None:
        return ""
    then = local(at, look.zone)
    return f"{then:%H:%M}" if then.date() == local(now, look.zone).date() else f"{then:%m-%d %H:%M}"


# What has gone.


def _batches(view: SyncView, first: int, now: int, look: Look) -> list[Content]:
    _ = look.say
    if not view.batches:
        return [line(" ", (_("No batches yet"), MUTED))]
    titles = fit(_("Batch"), RANGE), right(_("Entries"), ENTRIES), right(_("Size"), SIZE)
    title = "".join(titles) + "  " + fit(_("State"), STATE) + _("Time")
    page = view.batches[first : first + page_rows(view, now, look)]
    return [line(" ", (title, MUTED)), *(_batch(each, now, look) for each in page)]


def _batch(batch: BatchView, now: int, look: Look) -> Content:
    word, style = REACHED[batch.state]
    size = f"{-(-batch.size // 1000):,} kB" if batch.size else ""
    return line(
        " ",
        fit(f"{batch.first:,}-{batch.last:,}", RANGE),
        right(f"{batch.last - batch.first + 1:,}", ENTRIES),
        right(size, SIZE),
        "  ",
        (fit(look.say(word), STATE), style),
        moment(batch.at, now, look),
    )


def _steps(view: SyncView, look: Look) -> list[Content]:
    """Return how the branch enrols; a code that was not taken is replaced in the same way."""
    _ = look.say
    if view.standalone:
        return [line(" ", row) for row in wrap(_(STANDALONE.text), SHEET - 2)]
    rows: list[Content] = []
    for number, (text, typed) in enumerate(STEPS, 1):
        label = _("To enrol") if not rows else ""
        rows.append(line(" ", (fit(label, LABEL), MUTED), (f"{number}  ", KEY), _(text)))
        rows += [line(" " * (LABEL + 4), (typed, STRONG))] * bool(typed)
    return rows


# What needs a person.


def _below(view: SyncView, look: Look) -> list[Content]:
    keys = [*_from_above(view, look), line(" ", (words.fingerprints(view, look.say), MUTED))]
    if look.wide or view.state in words.UNENROLLED:
        return [Content(""), *keys]
    told = [_person(each, view, look) for each in view.rejections[:SHOWN]]
    return [Content(""), _title(view, look), *told, Content(""), *keys]


def _from_above(view: SyncView, look: Look) -> list[Content]:
    """Return the newest reference data from head office, what was refused first."""
    refused = [_feed(each, look) for each in view.feeds if each.state == "refused"]
    taken = [_feed(each, look) for each in view.feeds if each.state != "refused"]
    rows = wrap("   ".join([*refused, *taken]), SHEET - LABEL - 4)
    if not view.feeds:
        return []
    mark = line((f"{WARNING} ", WARN)) if refused else ""
    return [
        labelled(N_("From above"), line(mark, rows[0]), look),
        *(line(" " * (LABEL + 1), row) for row in rows[1:MOST_FEED_ROWS]),
    ]


def _feed(feed: FeedView, look: Look) -> str:
    text = f"{feed.name} {feed.version}"
    if feed.state == "refused":
        return look.say(N_("{feed} not taken ({why})")).format(feed=text, why=feed.code)
    if feed.state == "waiting":
        return look.say(N_("{feed} from {date}")).format(feed=text, date=feed.effective)
    return text


def _title(view: SyncView, look: Look) -> Content:
    _, count = look.say, len(view.rejections)
    style = BAD if count else ""
    hint = ("   " + _("F6 shows all"), MUTED) if count > (0 if look.wide else SHOWN) else ""
    return line(" ", (_("Needs a person"), STRONG), "  ", (str(count), style), hint)


def _person(rejection: RejectionView, view: SyncView, look: Look) -> Content:
    place, event = right(placed(rejection, view), SEQ), fit(rejection.event, EVENT)
    return line(" ", (place, KEY), "  ", event, " ", words.reason(rejection, look.say))


def _pane(view: SyncView, cells: int, look: Look) -> list[Content]:
    return [_title(view, look), *(line(" ", row) for row in rejection_rows(view, cells, look))]


def rejection_rows(view: SyncView, cells: int, look: Look) -> list[Content]:
    """Return every entry that head office could not apply, and why, in so many cells."""
    rows: list[Content] = []
    for each in view.rejections:
        rows.append(line((placed(each, view), KEY), "  ", each.event))
        rows += [line("  ", row) for row in wrap(words.reason(each, look.say), cells - 2)]
    return rows


def placed(rejection: RejectionView, view: SyncView) -> str:
    """Return where an entry stands; one of an earlier incarnation with its number."""
    seq = f"{rejection.seq:,}"
    return seq if rejection.incarnation == view.incarnation else f"{rejection.incarnation}/{seq}"
