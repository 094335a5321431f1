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
    if created and not raw and not instance.is_copy:
        give_first_form(instance)
        give_first_layer(instance)


def give_first_form(project: Project) -> None:
    first = TicketType.objects.filter(account_id=project.account_id).first()
    if first is not None:
        ProjectTicketType.objects.create(project=project, ticket_type=first)


def give_first_layer(project: Project) -> None:
    Layer.objects.create(project=project, name=_("Whole site"))
