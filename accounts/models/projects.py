from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Account, User
from lib.names import NameField


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, account: Account) -> ProjectQuerySet:
        return self.filter(account=account)

    def active(self) -> ProjectQuerySet:
        return self.filter(status=Project.Status.ACTIVE)


class Project(models.Model):
    """A building site, or any other undertaking, of an account. `tickets.services` writes it."""

    class Status(models.IntegerChoices):
        """The numbers are those of the API."""

        ACTIVE = 1, _("active")
        ARCHIVED = 9, _("archived")

    account = models.ForeignKey(Account, models.CASCADE, related_name="projects", verbose_name=_("account"))
    name = NameField(_("name"), max_length=200)
    projectnumber = models.CharField(_("project number"), max_length=100, blank=True)
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.ACTIVE)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    zipcode = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    homepage = models.URLField(_("website"), max_length=500, blank=True)
    start_date = models.DateTimeField(_("start"), null=True, blank=True)
    end_date = models.DateTimeField(_("end"), null=True, blank=True)
    typed_values = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by"))
    ticket_count = models.PositiveIntegerField(default=0, editable=False)  # `Ticket` keeps both
    last_ticket_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    is_copy = False  # of another project, while it is made
    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.status == self.Status.ARCHIVED
