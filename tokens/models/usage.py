"""What tokens were used for, as counted by `tokens.rate_limit.usage`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import Account
from tokens.models.token import AGENT_LENGTH, PersonalAccessToken

OPERATION_LENGTH = 200


class TokenDay(models.Model):
    """The requests of one token to one operation on one day (UTC), added to by an upsert in `rate_limit.usage`."""

    token = models.ForeignKey(PersonalAccessToken, models.CASCADE, related_name="days")
    day = models.DateField()
    operation = models.CharField(max_length=OPERATION_LENGTH)
    served = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "day", "operation"], name="one_count_per_token_day_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.day} {self.operation}"


class TokenAddress(models.Model):
    """An address that a token was used from, and the software that was last seen there."""

    token = models.ForeignKey(PersonalAccessToken, models.CASCADE, related_name="addresses")
    address = models.GenericIPAddressField()
    agent = models.CharField(max_length=AGENT_LENGTH, blank=True)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "address"], name="one_row_per_token_and_address"),
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.address}"


class AccountHour(models.Model):
    """The requests of one account in one hour: those served, and those that its limit refused."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_hours")
    hour = models.DateTimeField()
    served = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "hour"], name="one_count_per_account_and_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.hour}"
