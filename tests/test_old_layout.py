import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from planradar.apps import OLD_LAYOUT

pytestmark = pytest.mark.django_db


def test_database_of_the_old_layout_is_told_what_to_do():
    MigrationRecorder(connection).record_applied(*OLD_LAYOUT)

    with pytest.raises(CommandError, match="begin with an empty one"):
        call_command("migrate", verbosity=0)


def test_database_of_this_layout_is_up_to_date():
    call_command("migrate", "--check", verbosity=0)
