"""On PostgreSQL the database itself holds that an account's owner is an active internal member of it.

SQLite has no such triggers: it lets one transaction write at a time, each of which has looked before.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INSTALL = [
    """CREATE OR REPLACE FUNCTION owner_stays_able() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM accounts_account WHERE owner_id = NEW.id) THEN
            RAISE EXCEPTION 'the account owner is an active internal user' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER owner_stays_able BEFORE UPDATE OF is_active, kind, joined_at, account_id ON accounts_membership
        FOR EACH ROW WHEN (NOT NEW.is_active OR NEW.kind <> 'internal' OR NEW.joined_at IS NULL
                           OR NEW.account_id <> OLD.account_id)
        EXECUTE FUNCTION owner_stays_able()""",
    """CREATE OR REPLACE FUNCTION owner_becomes_able() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM accounts_membership WHERE id = NEW.owner_id AND account_id = NEW.id
                       AND is_active AND kind = 'internal' AND joined_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the account owner is an active internal user' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER owner_becomes_able BEFORE UPDATE OF owner_id ON accounts_account
        FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
        EXECUTE FUNCTION owner_becomes_able()""",
]
REMOVE = [
    "DROP TRIGGER owner_stays_able ON accounts_membership",
    "DROP FUNCTION owner_stays_able",
    "DROP TRIGGER owner_becomes_able ON accounts_account",
    "DROP FUNCTION owner_becomes_able",
]


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(INSTALL, schema_editor)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(REMOVE, schema_editor)


def _run(statements: list[str], schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)
