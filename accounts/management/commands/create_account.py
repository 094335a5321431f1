"""Makes a customer's account with its owner, who then invites everybody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.audit import log as audit_log
from accounts.models import Account, Membership, User


class Command(BaseCommand):
    help = "Make an account with its owner, who sets a password by asking for a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name of the account")
        parser.add_argument("email", help="the e-mail of its owner")
        parser.add_argument("--owner-name", default="", help="what the owner is called")

    def handle(self, *args: Any, name: str, email: str, owner_name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail.") from error
        with transaction.atomic():
            user = User.objects.filter(email__iexact=email).first()
            user = user or User.objects.create_user(email, name=owner_name or email.partition("@")[0])
            account = Account.objects.create(name=name)
            account.owner = Membership.objects.create(account=account, user=user)
            account.save(update_fields=["owner"])
            audit_log.record("user.created", account=account, actor=None, subject=f"{user.name} <{user.email}>")
        self.stdout.write(f"Account {account.pk} is made. {user.email} owns it.")
        if not user.has_usable_password():
            self.stdout.write(f"They set a password at {mail.link(reverse('account_reset_password'))}")
