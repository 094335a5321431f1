"""What a new account and a new project begin with, so that a first ticket needs nothing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import Account, Project
from tickets.models.layer import Layer
from tickets.models.ticket_type import ProjectTicketType, TicketType


@receiver(models.signals.post_save, sender=Account)
def give_form(instance: Account, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        TicketType.objects.create(account=instance, name=_("General"))


@receiver(models.signals.post_save, sender=Project)
def give_form_and_layer(instance: Project, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Assign the account's first form and add a layer, except to copies, which bring their own."""
    if not created or raw or instance.is_copy:
        return
    first = TicketType.objects.filter(account_id=instance.account_id).first()
    if first is not None:
        ProjectTicketType.objects.create(project=instance, ticket_type=first)
    Layer.objects.create(project=instance, name=_("Whole site"))
