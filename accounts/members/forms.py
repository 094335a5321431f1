from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts import rights
from accounts.acting import ActingMember
from accounts.members import invitations, services
from accounts.members.invitations import AlreadyMemberError, Newcomer, TooManyMailsError
from accounts.models import Membership
from lib.edit_conflict import EditConflictMixin
from lib.names import NameFormField

KIND = Membership.Kind


class RightsForm(forms.Form):
    """Name, kind and rights of a user. Fields are there only for those who may set them."""

    name = NameFormField(
        label=pgettext_lazy("person", "Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=KIND,
        widget=forms.RadioSelect,
        help_text=_("External users, such as subcontractors, can have neither API access nor manage users."),
    )
    has_api_access = forms.BooleanField(
        label=_("API access"),
        required=False,
        help_text=_("They may create personal access tokens. Taken away, their tokens stop at the very next request."),
    )
    can_manage_users = forms.BooleanField(
        label=_("Manage users"),
        required=False,
        help_text=_("They may create, edit and deactivate users, and delete their tokens. Only you can give this."),
    )

    def __init__(self, *args: Any, by: ActingMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("kind") == KIND.EXTERNAL:
            for name in ("has_api_access", "can_manage_users"):
                self._clean_right_of_external(name)
        return values

    def _clean_right_of_external(self, name: str) -> None:
        """R-A1: external users cannot have it."""
        if self.cleaned_data.get(name):
            self.add_error(name, _("External users cannot have this right. Untick it, or make the user internal."))


class NewcomerForm(RightsForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("They get a link with which they set a password. It works once.")
    )
    field_order = ("name", "email", "kind", "has_api_access", "can_manage_users")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["kind"] = KIND.INTERNAL
        if not rights.is_owner(self.by.member):
            del self.fields["can_manage_users"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        member = Membership.objects.of(self.by.member.account).filter(user__email__iexact=email).first()
        if member is not None:
            raise forms.ValidationError(self._why_not(member))
        return email

    def invite(self) -> Membership | None:
        """Add the user; None, with an error beside the field, if another request was faster."""
        try:
            return invitations.invite(Newcomer(**self.cleaned_data), by=self.by)
        except AlreadyMemberError:
            self.add_error("email", _("This person is a user of this account already."))
        except TooManyMailsError:
            self.add_error("email", invitations.ENOUGH_MAILS)
        return None

    @staticmethod
    def _why_not(member: Membership) -> str:
        if member.state == Membership.State.INVITED:
            return str(_("This person is invited already. Open them in the list of users to send the mail again."))
        if member.state == Membership.State.DEACTIVATED:
            return str(_("This person is a deactivated user of this account. Reactivate them in the list of users."))
        return str(_("This person is a user of this account already."))


class MemberForm(EditConflictMixin, RightsForm):
    """Leaves out what the editor may not change; asks once more before rights are lost with the kind."""

    conflict_fields = ("name", "kind", "has_api_access", "can_manage_users")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        self.member = member
        initial = {name: getattr(member, name) for name in services.EDITABLE}
        super().__init__(*args, initial=initial, **kwargs)
        editor = self.by.member
        if not rights.may_change_rights_of(editor, member):
            del self.fields["kind"], self.fields["has_api_access"]
        elif not rights.may_make_external(editor, member):
            del self.fields["kind"]
        if not rights.may_give_manage_users(editor, member):
            del self.fields["can_manage_users"]
        if self.is_bound and "kind" in self.fields and self.data.get("kind") == KIND.EXTERNAL and self._losses():
            self.fields["gives_up"] = forms.BooleanField(
                label=_("Take these rights away"),
                help_text=" ".join(self._losses()),
                error_messages={"required": _("External users cannot keep these rights. Tick this to go on.")},
            )

    def clean(self) -> dict[str, Any]:
        if "gives_up" in self.fields:
            self.cleaned_data.update(has_api_access=False, can_manage_users=False)
        return super().clean()

    def save(self) -> None:
        values = {name: self.cleaned_data[name] for name in services.EDITABLE if name in self.cleaned_data}
        services.change(self.member, by=self.by, values=values)

    def _losses(self) -> list[str]:
        losses = []
        if self.member.has_api_access:
            number = self.member.tokens.live().count()
            stops = ngettext("API access: %(number)s token stops.", "API access: %(number)s tokens stop.", number)
            losses.append(stops % {"number": number})
        if self.member.can_manage_users:
            losses.append(str(_("Manage users.")))
        return losses
