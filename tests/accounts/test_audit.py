from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import AuditEntry
from accounts.models.audit import FIRST, AppendOnlyError
from lib.db import NotInTransactionError

schema = import_module("accounts.migrations.0001_initial")

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(account, owner):
    actor = Actor(owner.user, via="page")
    return [
        audit_log.record("account.changed", account=account, actor=actor, subject=f"Act {number}", ip="192.0.2.1")
        for number in range(3)
    ]


def test_entries_form_one_chain_in_each_account(entries, account, stranger):
    other = audit_log.record("account.changed", account=stranger.account, actor=None, subject="Beta")

    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == [FIRST, entries[0].seal, entries[1].seal]
    assert (other.number, other.previous, other.via) == (1, FIRST, "system")
    assert audit_log.verify(account.pk) == audit_log.Verdict(entries=3, last_seal=entries[2].seal)


@pytest.mark.django_db(transaction=True)
def test_entry_outside_a_transaction_is_refused(account):
    with pytest.raises(NotInTransactionError):
        audit_log.record("account.changed", account=account, actor=None, subject="Alpha")


def test_action_without_a_label_is_refused(account):
    with pytest.raises(ValueError, match=r"account\.exploded"):
        audit_log.record("account.exploded", account=account, actor=None, subject="Alpha")


@pytest.mark.parametrize(
    "act",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(subject="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["subject"]),
        lambda entry: AuditEntry.objects.bulk_create([AuditEntry()]),
    ],
)
def test_entry_is_neither_changed_nor_deleted_in_code(entries, act):
    with pytest.raises(AppendOnlyError):
        act(entries[0])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET subject = 'x' WHERE id = %s",
        "DELETE FROM accounts_auditentry WHERE id = %s",
    ],
)
def test_entry_is_neither_changed_nor_deleted_in_the_database(entries, statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [entries[0].pk])

    assert AuditEntry.objects.count() == 3


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone replaces rows")
def test_entry_is_not_replaced_on_sqlite(entries):
    columns = "account_id, number, at, actor_name, via, token, action, subject, detail, ip, previous, seal"
    copy = f"INSERT OR REPLACE INTO accounts_auditentry (id, {columns}) SELECT id, {columns} FROM accounts_auditentry"

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_log_is_not_truncated_on_postgresql(entries):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditentry")


@pytest.fixture
def without_triggers(db):
    """What somebody may do who owns the database."""

    def run(statement, *values):
        with connection.cursor() as cursor:
            for drop in schema.REMOVE[connection.vendor]:
                cursor.execute(drop)
            cursor.execute(statement, values)

    return run


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE accounts_auditentry SET subject = 'x' WHERE number = %s", 2),
        ("UPDATE accounts_auditentry SET actor_id = NULL WHERE number = %s", 2),
        ("DELETE FROM accounts_auditentry WHERE number = %s", 2),
        ("UPDATE accounts_auditentry SET seal = previous WHERE number = %s", 2),
    ],
)
def test_chain_tells_where_it_was_broken(entries, account, without_triggers, statement, broken_at):
    without_triggers(statement, broken_at)

    assert audit_log.verify(account.pk).broken_at == broken_at
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_chain_holds_after_keys_are_rotated(entries, account, settings):
    settings.AUDIT_KEYS = ["new", *settings.AUDIT_KEYS]
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha")

    assert audit_log.verify(account.pk).holds
    settings.AUDIT_KEYS = ["new"]
    assert audit_log.verify(account.pk).broken_at == 1


@pytest.mark.parametrize("name", ["AUDIT_KEYS", "SALT_KEY"])
def test_retired_key_writes_no_new_history(account, settings, name):
    kept = settings.AUDIT_KEYS
    for keys in (getattr(settings, name), ["new"], getattr(settings, name)):
        settings.AUDIT_KEYS = keys
        audit_log.record("account.changed", account=account, actor=None, subject="Alpha")

    settings.AUDIT_KEYS = ["new", *kept]
    assert audit_log.verify(account.pk).broken_at == 3


def test_log_from_before_it_had_a_key_of_its_own_goes_on(account, settings):
    own, settings.AUDIT_KEYS = settings.AUDIT_KEYS, settings.SALT_KEY
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha")
    settings.AUDIT_KEYS = own
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha")

    assert audit_log.verify(account.pk).holds
    settings.SALT_KEY, settings.AUDIT_KEYS = ["x" * 32], [*own, *settings.SALT_KEY]
    assert audit_log.verify(account.pk).holds


def test_command_tells_that_the_chain_holds(entries, account, capsys):
    call_command("verify_audit", account=account.pk)

    assert capsys.readouterr().out == f"Account {account.pk}: 3 entries hold; seal {entries[2].seal}\n"


def test_log_outlives_account_and_people(entries, account, owner):
    account.owner = None
    account.save()
    account.delete()
    owner.user.delete()

    assert AuditEntry.objects.count() == 3
    assert audit_log.verify(entries[0].account_id).holds


@pytest.mark.parametrize("text", ["\x00", "\ud800", "😀", "a" * 100_000])
def test_detail_of_any_text_is_kept_and_sealed(account, text):
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha", detail={"name": text})

    assert AuditEntry.objects.get().facts == {"name": text}
    assert audit_log.verify(account.pk).holds


def test_fingerprint_tells_secrets_apart_and_gives_none_away():
    assert audit_log.fingerprint("one") != audit_log.fingerprint("two")
    assert len(audit_log.fingerprint("one")) == 8
