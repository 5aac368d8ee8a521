"""Attack 7: guards dropped, triggers and views added, rules loosened."""

from contextlib import closing

import pytest
from audit_store import TrialStore

from tellertui.store import sqlite

LOOSEN = (
    "UPDATE sqlite_schema SET sql = replace(sql, 'CONSTRAINT sealed_phone', 'CONSTRAINT sealed_phonE')"
    " WHERE name = 'trial_note'"
)


@pytest.mark.parametrize(
    ("statement", "where", "detail"),
    [
        ("DROP TRIGGER journal_no_update", "trigger journal_no_update", "it was removed"),
        ("DROP INDEX trial_note_token", "index trial_note_token", "it was removed"),
        ('CREATE VIEW "\x1b[2J" AS SELECT 1', "view \\x1b[2J", "it was added"),
        ("CREATE VIEW open_notes AS SELECT id FROM trial_note", "view open_notes", "it was added"),
        ("CREATE TABLE paid (id BLOB PRIMARY KEY) STRICT", "table paid", "it was added"),
        (
            "CREATE TRIGGER pay AFTER UPDATE ON trial_note BEGIN DELETE FROM trial_wrap; END",
            "trigger pay",
            "it was added",
        ),
        (
            "CREATE TRIGGER alembic_version AFTER UPDATE ON trial_note BEGIN DELETE FROM trial_wrap; END",
            "trigger alembic_version",
            "it was added",
        ),
        ("ALTER TABLE trial_wrap ADD COLUMN note TEXT", "table trial_wrap", "it was changed"),
        (LOOSEN, "table trial_note", "it was changed"),
        ("PRAGMA user_version = 9", "user_version", "9 instead of 1"),
        ("DELETE FROM alembic_version", "alembic_version", "it does not name this release's migration"),
        ("DROP TABLE alembic_version", "alembic_version", "it does not name this release's migration"),
    ],
)
def test_schema_finding_names_the_object(trial: TrialStore, statement: str, where: str, detail: str) -> None:
    with closing(sqlite.dbapi.connect(trial.file, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(statement)
    report = trial.verify()
    assert not report.verified
    found = [
        (finding.where, finding.seq, finding.detail)
        for finding in report.findings
        if finding.kind == "schema"
    ]
    assert found == [(where, None, detail)]


def test_dropped_table_is_missing_as_a_whole(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("DROP TABLE trial_wrap")
    found = [(finding.kind, finding.where) for finding in trial.verify().findings]
    assert found == [("schema", "table trial_wrap"), ("row_missing", "trial_wrap")]


def test_journal_dropped_is_no_crash(trial: TrialStore) -> None:
    with closing(sqlite.dbapi.connect(trial.file, isolation_level=None)) as connection:
        connection.execute("DROP TABLE journal")
    report = trial.verify()
    assert (report.entries, report.verified) == (0, False)
    assert {finding.kind for finding in report.findings} >= {"schema", "chain", "anchor"}


def test_journal_of_other_types_is_no_crash(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("CREATE TABLE other AS SELECT * FROM journal")
        connection.execute("DROP TABLE journal")
        connection.execute("ALTER TABLE other RENAME TO journal")
        connection.execute("UPDATE journal SET hash = NULL WHERE seq = 8")
    assert {finding.kind for finding in trial.verify().findings} >= {"schema", "chain"}


def test_the_guards_hold(trial: TrialStore) -> None:
    with closing(sqlite.connect(trial.file)) as connection:
        for statement in (
            "UPDATE journal SET day = day",
            "DELETE FROM journal",
            "UPDATE journal_sealed SET sealed = sealed",
            "DELETE FROM journal_sealed",
        ):
            with pytest.raises(sqlite.dbapi.DatabaseError, match=r"never changed|does not hold"):
                connection.execute(statement)
        connection.execute("INSERT INTO safe_mark VALUES (1, 6, 6)")
        connection.execute("DELETE FROM journal_sealed WHERE seq <= 6")
