"""An old key can go once `rotate_keys` has run, and not before."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.audit import log as audit_log
from accounts.models import OutgoingMail
from lib import encrypted
from planradar import checks, key_rotation
from tokens.models import PersonalAccessToken

NEW = "n" * 32
pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(account):
    return OutgoingMail.objects.bulk_create(
        [OutgoingMail(to="a@example.com", subject="Hello", text=f"text {number}", html="") for number in range(3)]
    )


def rotated():
    return {outcome.name: (outcome.values, outcome.renewed, outcome.unreadable) for outcome in key_rotation.rotate()}


def add_keys(settings):
    settings.SALT_KEY = [NEW, *settings.SALT_KEY]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]


def remove_old_keys(settings):
    settings.SALT_KEY, settings.SECRET_KEY_FALLBACKS = [NEW], []


def test_every_value_moves_to_the_newest_keys_in_batches(settings, mails, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    add_keys(settings)

    first, second = rotated(), rotated()
    remove_old_keys(settings)
    assert (first["accounts.OutgoingMail.text"], second["accounts.OutgoingMail.text"]) == ((3, 3, 0), (3, 0, 0))
    texts = OutgoingMail.objects.order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["text 0", "text 1", "text 2"]


def test_second_factors_move_and_work(settings, owner):
    codes = RecoveryCodes.activate(owner.user).get_unused_codes()
    add_keys(settings)

    call_command("rotate_keys")
    remove_old_keys(settings)
    factor = Authenticator.objects.get(user=owner.user)
    assert RecoveryCodes(factor).get_unused_codes() == codes


def test_people_stay_signed_in(settings, client, owner):
    client.force_login(owner.user)
    add_keys(settings)

    assert rotated()["sessions.Session.session_data"] == (1, 1, 0)
    remove_old_keys(settings)
    assert Session.objects.get().get_decoded()["_auth_user_id"] == str(owner.user.pk)
    assert client.get("/settings/profile/", follow=True).status_code == 200


def test_every_encrypted_column_is_known():
    expected = {
        "accounts.OutgoingMail.html",
        "accounts.OutgoingMail.text",
        "mfa.Authenticator.data",
        "sessions.Session.session_data",
        "tokens.KeptAnswer.content",
        "webhooks.Header.value",
        "webhooks.SigningSecret.value",
        "webhooks.Webhook.basic_password",
        "webhooks.Webhook.bearer_token",
    }

    assert set(rotated()) == expected


def test_dry_run_changes_nothing(settings, mails, capsys):
    add_keys(settings)

    call_command("rotate_keys", dry_run=True)
    assert "accounts.OutgoingMail.text: 3 values, 3 on an old key\n" in capsys.readouterr().out
    assert rotated()["accounts.OutgoingMail.text"] == (3, 3, 0)


def test_value_of_a_lost_key_is_an_error_that_names_its_place(settings, mails):
    remove_old_keys(settings)

    with pytest.raises(ImproperlyConfigured, match=r"accounts\.OutgoingMail\.text fits none of the keys in SALT_KEYS"):
        list(OutgoingMail.objects.all())
    with pytest.raises(CommandError, match="3 values fit none"):
        call_command("rotate_keys")


def test_text_that_was_never_encrypted_is_not_handed_out(mails):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_outgoingmail SET text = 'plain'")

    with pytest.raises(ImproperlyConfigured):
        OutgoingMail.objects.first()


def test_what_a_person_saves_in_between_stays(settings, mails):
    add_keys(settings)
    old = dict(key_rotation._rows(OutgoingMail, "text"))[mails[0].pk]
    OutgoingMail.objects.filter(pk=mails[0].pk).update(text="newer")

    key_rotation._write(OutgoingMail, "text", mails[0].pk, old, encrypted.renewed(old))
    assert OutgoingMail.objects.get(pk=mails[0].pk).text == "newer"


def test_digest_moves_to_the_newest_pepper_when_its_token_is_used(settings, client, api_user, capsys):
    _used, secret = PersonalAccessToken.objects.issue(membership=api_user, name="Test")
    idle, _ = PersonalAccessToken.objects.issue(membership=api_user, name="Test")
    old = settings.TOKEN_PEPPERS
    settings.TOKEN_PEPPERS = [NEW, *old]

    path, headers = f"/api/v2/{api_user.account.pk}/projects", {"X-PlanRadar-API-Key": secret}
    assert client.get(path, headers=headers).status_code == 200
    call_command("rotate_keys")
    assert list(PersonalAccessToken.objects.of_old_peppers()) == [idle]
    report = capsys.readouterr().out
    assert (f"{idle.masked} of {api_user.user.email}" in report, "1 live tokens need" in report) == (True, True)
    settings.TOKEN_PEPPERS = [NEW]
    assert client.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", " ", "SECRET_KEY holds an empty key"),
        ("SECRET_KEY_FALLBACKS", [""], "SECRET_KEY_FALLBACKS holds an empty key"),
        ("SALT_KEY", [NEW, " "], "SALT_KEYS holds an empty key"),
        ("TOKEN_PEPPERS", ["short", NEW], "newest key of TOKEN_PEPPERS has fewer than 32"),
        ("SALT_KEY", ["short"], "newest key of SALT_KEYS has fewer than 32"),
    ],
)
def test_empty_and_short_keys_stop_the_start(settings, name, value, reason):
    setattr(settings, name, value)

    found = [message.msg for message in checks.keys(None)]
    assert [reason in text for text in found] == [True]


def test_short_key_that_only_reads_may_stay_until_it_retires(settings):
    settings.SALT_KEY, settings.SECRET_KEY_FALLBACKS = [NEW, "short"], ["short"]

    assert checks.keys(None) == []


def test_passkeys_are_left_as_they_are():
    text = json.dumps({"credential": {"id": "public"}})

    assert key_rotation._renewed_factor(text) is text


def test_command_says_which_keys_seal_audit_entries(settings, account, capsys):
    own, settings.AUDIT_KEYS = settings.AUDIT_KEYS, settings.SALT_KEY
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha")
    settings.AUDIT_KEYS = [NEW, *own]

    call_command("rotate_keys")
    report = capsys.readouterr().out
    assert ("0 audit entries need entry 2 of AUDIT_KEYS" in report) is True
    assert ("1 audit entries are sealed with entry 1 of SALT_KEYS" in report) is True
