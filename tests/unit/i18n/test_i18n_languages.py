"""Which language a terminal speaks."""

import pytest

from tellertui.i18n import LANGUAGES, language_of, negotiate


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("zh_TW.UTF-8", "zh_Hant"),
        ("zh_HK", "zh_Hant"),
        ("zh-MO", "zh_Hant"),
        ("zh_Hant", "zh_Hant"),
        ("zh-hant-HK", "zh_Hant"),
        ("zh_CN.UTF-8", "zh_Hans"),
        ("zh_SG", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh_Hans", "zh_Hans"),
        ("zh-Hans-HK", "zh_Hans"),
        ("zh_TW.Big5@radical", "zh_Hant"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("de_DE", "en"),
        ("zhx", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_of_three(wish, language):
    assert language_of(wish) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_its_own_nearest(language):
    assert language_of(language) == language


def test_the_first_that_is_set_decides():
    environ = {"LANG": "zh_CN.UTF-8"}
    assert negotiate(None, {}) == "en"
    assert negotiate(None, environ) == "zh_Hans"
    assert negotiate(None, environ | {"TELLERTUI_LANG": "zh_Hant"}) == "zh_Hant"
    assert negotiate("en", environ | {"TELLERTUI_LANG": "zh_Hant"}) == "en"
    assert negotiate("", environ | {"TELLERTUI_LANG": ""}) == "zh_Hans"
