from __future__ import annotations

from typing import ClassVar

from django import forms
from django.db import IntegrityError, transaction

from accounts.models import Membership
from connect.models import ConnectRequest


class AccessRequestForm(forms.ModelForm):
    class Meta:
        model = ConnectRequest
        fields: ClassVar[list[str]] = ["apps", "purpose", "contact", "phone"]

    def submit(self, *, by: Membership) -> bool:
        """Store the request; False where the account has an open one already."""
        self.instance.account, self.instance.requested_by = by.account, by.user
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            return False
        return True
