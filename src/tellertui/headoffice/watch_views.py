"""What the dashboard knows at one moment: the whole in counts, a page of branches, one branch."""

from typing import Literal

import msgspec

from tellertui.workflows.closing.api import Figures, Totals

Alarm = Literal["contested", "old", "behind", "silent", "rejected", "unsafe"]


class Branch(msgspec.Struct, frozen=True):
    """A branch on the list."""

    branch: str
    name: str
    alarms: list[Alarm]
    heard_at: int
    coming: int
    """Entries that the branch named last and head office does not have yet."""
    lag: int
    """Entries that are in no verified backup."""
    rejections: int


class Sums(msgspec.Struct, frozen=True):
    """The business date that most branches have come to, and its figures over all branches."""

    at: int
    day: str
    """Empty where there are no figures yet."""
    branches: int = 0
    issued: int = 0
    served: int = 0


class Overview(msgspec.Struct, frozen=True):
    """Counts over all branches and one page of them."""

    at: int
    branches: int
    alarmed: int
    coming: int
    rejections: int
    counts: dict[Alarm, int]
    names: dict[Alarm, list[str]]
    """The first branches of each alarm."""
    top: int
    """Branches before the page."""
    rows: list[Branch]
    sums: Sums
    figures: dict[str, Totals]
    """Of the date of the sums, by branch."""


class Batch(msgspec.Struct, frozen=True):
    """A batch that landed."""

    incarnation: int
    first: int
    last: int
    landed_at: int
    safe: bool


class Reject(msgspec.Struct, frozen=True):
    """An entry that waits for a person."""

    incarnation: int
    seq: int
    event: str
    code: str
    at: int


class Detail(msgspec.Struct, frozen=True):
    """Everything about one branch."""

    at: int
    branch: Branch
    incarnation: int
    cursor: int
    safe: int
    unfolded: int
    enrolled_at: int
    build: str
    day: str
    figures: Figures | None
    batches: list[Batch]
    rejects: list[Reject]
    store: str
    device: str
    founders: list[str]


class Page(msgspec.Struct, frozen=True):
    """What the list shows at one moment."""

    view: Overview | None
    chosen: int = 0
    """The row under the cursor, from 0."""
    only_alarms: bool = False
    away: tuple[int, str] | None = None
    """Since when the database does not answer, and the kind of error."""
