"""The catalogues' workshop: ``python -m tellertui.i18n.catalogues`` brings them up to the sources.

It extracts every ``_()`` and ``N_()``, keeps the translations there are, drops what no source says any
more, writes ``.po`` and ``.mo`` and exits with 1 while a text is not translated. With ``--check`` it
writes nothing and names what is wrong.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from tellertui.i18n import LANGUAGES, catalogue_file

SOURCES = Path(__file__).parent.parent
COMMENT = "Translators:"

Texts = dict[str, str]
"""Message ids with their translations."""


class _Catalogue(Catalog):
    """A catalogue whose header is the same every day, so that a file changes only with its texts."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def extract(sources: Path = SOURCES) -> Catalog:
    """Return a template of every marked text, with the files that say it."""
    template = Catalog()
    found = extract_from_dir(
        sources, [("**.py", "python")], keywords={"_": None, "N_": None}, comment_tags=[COMMENT]
    )
    for file, _, text, comments, _ in sorted(found, key=lambda each: (each[0], each[1])):
        if text:
            template.add(text, locations=[(file, 0)], auto_comments=comments)
    return template


def translated(language: str) -> Texts:
    """Return the texts of a language's ``.po`` file; none where there is no file yet."""
    path = catalogue_file(language, ".po")
    return _texts(read_po(BytesIO(path.read_bytes()))) if path.exists() else {}


def compiled(language: str) -> Texts:
    """Return the texts of a language's ``.mo`` file; none where there is no file yet."""
    path = catalogue_file(language, ".mo")
    return _texts(read_mo(BytesIO(path.read_bytes()))) if path.exists() else {}


def catalogue(language: str, template: Catalog, known: Texts) -> Catalog:
    """Return the template with the translations that are known; English says its own ids."""
    filled = _Catalogue(language, header_comment=f"# tellertui in {language}.", fuzzy=False)
    for message in template:
        if message.id:
            text = known.get(str(message.id), "") or (str(message.id) if language == "en" else "")
            files = sorted({file for file, _ in message.locations})
            filled.add(message.id, text, [(file, 0) for file in files], auto_comments=message.auto_comments)
    return filled


def write(language: str, filled: Catalog) -> None:
    """Write both files of a language, each whole or not at all."""
    source, compiled = BytesIO(), BytesIO()
    write_po(source, filled, width=0, sort_by_file=True, include_lineno=False)
    write_mo(compiled, filled)
    for suffix, content in ((".po", source), (".mo", compiled)):
        path = catalogue_file(language, suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f"{suffix}.new")
        fresh.write_bytes(content.getvalue())
        fresh.replace(path)


def findings(language: str, template: Catalog) -> Iterator[str]:
    """Yield what is wrong with a language's files, one sentence each."""
    texts, sources = translated(language), {str(message.id) for message in template if message.id}
    for text in sorted(sources - texts.keys()):
        yield f"{language}: missing: {text}"
    for text in sorted(texts.keys() - sources):
        yield f"{language}: no source says any more: {text}"
    for text, translation in texts.items():
        if not translation:
            yield f"{language}: not translated: {text}"
        elif braces(text) != braces(translation):
            yield f"{language}: other braces than: {text}"
    if compiled(language) != {text: words for text, words in texts.items() if words}:
        yield f"{language}: the .mo file is not the .po file"


def braces(text: str) -> set[str]:
    """Return the named braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def main(arguments: list[str]) -> int:
    """Update or check every catalogue and return the exit code."""
    template = extract()
    if "--check" not in arguments:
        for language in LANGUAGES:
            write(language, catalogue(language, template, translated(language)))
    wrong = [finding for language in LANGUAGES for finding in findings(language, template)]
    sys.stdout.writelines(f"{finding}\n" for finding in wrong)
    return 1 if wrong else 0


def _texts(read: Catalog) -> Texts:
    return {str(message.id): str(message.string or "") for message in read if message.id}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
