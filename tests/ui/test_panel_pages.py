"""The customer's panel as it is drawn, in three languages and two sizes."""

from typing import Any

import pytest
from monday import LANGUAGES, look_of
from snap import check

from tellertui.branch.api import Words
from tellertui.workflows.reception.screens import panel_pages as pages
from tellertui.workflows.reception.views import PanelView

SIZES = ((40, 12), (80, 24))
ACCOUNT = Words(zh_hant="開戶", zh_hans="开户", en="Accounts")
CASH = Words(zh_hant="現金", zh_hans="现金", en="Cash")


def view(**more: Any) -> PanelView:
    given = {"state": "open", "number": None, "serving": False, "language": "en", "rating": None, **more}
    return PanelView(counter="3", services=[ACCOUNT, CASH], **given)


PAGES = {
    "idle": lambda look: pages.idle_page(view(), look),
    "paused": lambda look: pages.idle_page(view(state="paused"), look),
    "closed": lambda look: pages.idle_page(view(state="closed"), look),
    "called": lambda look: pages.idle_page(view(number="E004"), look),
    "serving": lambda look: pages.idle_page(view(number="E004", serving=True), look),
    "rating": lambda look: pages.rating_page("3", "E004", look),
    "reasons": lambda look: pages.reasons_page("3", "E004", ["wait", "unsolved"], look),
    "thanks": lambda look: pages.thanks_page("3", look),
    "coming": lambda look: pages.coming_page("3", look),
    "away": lambda look: pages.away_page("3", look),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str, language: str, size: tuple[int, int]) -> None:
    rows = PAGES[name](look_of(language, size))
    assert len(rows) == size[1]
    assert not [row.plain for row in rows if "…" in row.plain]
    check(f"panel-{name}-{language}-{size[0]}x{size[1]}", rows, width=size[0])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_touch_means_the_row_that_it_touches(size: tuple[int, int]) -> None:
    look = look_of("en", size)
    rows = [row.plain for row in pages.rating_page("3", "E004", look)]
    for key, words in {**pages.SCORES, "0": "rather not say"}.items():
        (y,) = [y for y, row in enumerate(rows) if row.strip() == f"{key}  {words}"]
        assert pages.option_at(y, look, list(pages.SCORES), "0") == key
    assert pages.option_at(0, look, list(pages.SCORES), "0") is None
