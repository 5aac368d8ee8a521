"""The catalogues are complete, current and compiled, and their braces are those of the sources."""

from pathlib import Path

import pytest

from tellertui.i18n import LANGUAGES, catalogue_file, catalogues, translator
from tellertui.i18n.catalogues import braces, catalogue, compiled, extract, findings, translated, write


@pytest.fixture(scope="module")
def template():
    return extract()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues in a folder of their own."""
    monkeypatch.setattr(
        catalogues, "catalogue_file", lambda language, suffix: tmp_path / f"{language}{suffix}"
    )
    return tmp_path


HOMOGRAPHS = {"Aid": "Help", "No papers": "Papers", "No show": "No-show", "Open up": "Open"}
"""Verbs of the counter desk that English calls by the same word as something else."""


def sources(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    (folder / "screen.py").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_say_what_the_sources_say(language, template):
    wrong = list(findings(language, template))
    assert not wrong, "run python -m tellertui.i18n.catalogues and translate:\n" + "\n".join(wrong)


def test_the_sources_say_something(template):
    assert len([message for message in template if message.id]) > 50


def test_english_says_its_own_ids():
    texts = translated("en")
    assert texts == {text: HOMOGRAPHS.get(text, text) for text in texts}


def test_homographs_are_two_words_in_chinese():
    for text, english in HOMOGRAPHS.items():
        assert [translated(language)[text] for language in ("zh_Hant", "zh_Hans")] != [
            translated(language)[english] for language in ("zh_Hant", "zh_Hans")
        ]


def test_texts_are_found_where_they_are_marked_only(tmp_path):
    found = extract(
        sources(
            tmp_path,
            'N_("one {a}")\n_("two "\n  "words")\nrefusal("code", "three")\n# Translators: verb\n_("four")\n',
        )
    )
    messages = [message for message in found if message.id]
    assert [message.id for message in messages] == ["one {a}", "two words", "four"]
    assert messages[2].auto_comments == ["Translators: verb"]


def test_an_update_keeps_drops_and_reports(tmp_path, elsewhere):
    old = extract(sources(tmp_path, '_("stays")\n_("goes")\n'))
    write("zh_Hant", catalogue("zh_Hant", old, {"stays": "留", "goes": "去"}))
    assert list(findings("zh_Hant", old)) == []
    new = extract(sources(tmp_path, '_("stays")\n_("comes")\n'))
    assert list(findings("zh_Hant", new)) == [
        "zh_Hant: missing: comes",
        "zh_Hant: no source says any more: goes",
    ]
    write("zh_Hant", catalogue("zh_Hant", new, translated("zh_Hant")))
    assert translated("zh_Hant") == {"stays": "留", "comes": ""}
    assert compiled("zh_Hant") == {"stays": "留"}
    assert list(findings("zh_Hant", new)) == ["zh_Hant: not translated: comes"]


def test_other_braces_and_an_old_compilation_are_named(tmp_path, elsewhere):
    template = extract(sources(tmp_path, '_("wait {s} s")\n'))
    write("zh_Hans", catalogue("zh_Hans", template, {"wait {s} s": "等 {n} 秒"}))
    assert list(findings("zh_Hans", template)) == ["zh_Hans: other braces than: wait {s} s"]
    po = elsewhere / "zh_Hans.po"
    po.write_text(po.read_text(encoding="utf-8").replace("{n}", "{s}"), encoding="utf-8")
    assert list(findings("zh_Hans", template)) == ["zh_Hans: the .mo file is not the .po file"]


def test_without_files_everything_is_missing(tmp_path, elsewhere):
    template = extract(sources(tmp_path, '_("a")\n'))
    assert list(findings("en", template)) == ["en: missing: a"]
    write("en", catalogue("en", template, {}))
    assert list(findings("en", template)) == []


def test_files_do_not_depend_on_the_day_or_on_line_numbers(tmp_path, elsewhere):
    written = []
    for text in ('_("a")\n', '\n\n_("a")\n'):
        write("en", catalogue("en", extract(sources(tmp_path, text)), {}))
        written.append([(elsewhere / f"en{suffix}").read_bytes() for suffix in (".po", ".mo")])
    assert written[0] == written[1]
    assert b"Date" not in b"".join(written[0])


def test_braces_are_the_names_in_them():
    assert braces("{a} of {b}, {{not}} this") == {"a", "b"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translator_answers_from_its_catalogue_and_an_unknown_text_with_itself(language):
    say = translator(language)
    text = "Sign on first."
    assert say(text) == translated(language)[text]
    assert say("nobody marked this") == "nobody marked this"
    assert say("") == ""


def test_there_is_no_fourth_language():
    with pytest.raises(FileNotFoundError):
        translator("fr")
    assert all(catalogue_file(language, ".mo").exists() for language in LANGUAGES)
