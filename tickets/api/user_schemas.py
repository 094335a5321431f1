"""What requests on users may hold."""

from __future__ import annotations

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, Field, model_validator

from accounts.models import Membership
from tickets.api.schemas import Attributes, Code, Line, TypedValues, wrong

CONTACT = {"company", "position", "street", "zipcode", "city", "tel"}
Ids = Annotated[list[Code], Field(max_length=1000)]


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise wrong(_("Enter a valid email address.")) from None
    return text.lower()


def _no_password(text: str) -> str:
    if text:
        raise wrong(_("People set their password themselves, with the invitation. Leave it out."))
    return text


Email = Annotated[Line, Field(max_length=254), AfterValidator(_email)]
NoPassword = Annotated[str, AfterValidator(_no_password), Field(description="Refused: people set it themselves.")]


class Permissions(BaseModel):
    """Two of them mean something here: `users` (manage users) and `api_documentation_access` (API access)."""

    accounts: bool = False
    api_documentation_access: bool | None = None
    categories: bool = False
    defects: bool = False
    groups: bool = False
    limited_projects: bool = False
    projects: bool = False
    report_templates: bool = False
    roles: bool = False
    statistics: bool = False
    sub_users: bool = False
    user_metrics: bool = False
    users: bool | None = None


class UserUpdate(Attributes):
    firstname: Annotated[Line, Field(max_length=75)] = ""
    lastname: Annotated[Line, Field(max_length=75)] = ""
    mail: Annotated[Email | None, Field(description="It cannot be changed here.")] = None
    active: bool | None = None
    company: Annotated[Line, Field(max_length=150)] = ""
    position: Annotated[Line, Field(max_length=150)] = ""
    street: Annotated[Line, Field(max_length=200)] = ""
    zipcode: Annotated[Code, Field(max_length=20)] = ""
    city: Annotated[Line, Field(max_length=100)] = ""
    tel: Annotated[Code, Field(max_length=50)] = ""
    subcontractor: bool | None = None
    watcher: bool | None = None
    password: NoPassword = ""
    retype_password: NoPassword = ""
    permissions: Permissions = Field(default_factory=Permissions)
    project_ids: Ids = Field(default_factory=list)
    role_ids: Ids = Field(default_factory=list)
    group_ids: Ids = Field(default_factory=list)
    is_mobile_syncs: Annotated[list[bool], Field(max_length=1000)] = Field(default_factory=list)
    typed_values: TypedValues = Field(default_factory=dict)

    @property
    def contact(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in CONTACT & self.model_fields_set}

    @property
    def kind(self) -> str | None:
        """Return what they become; None where nothing is said."""
        if self.subcontractor is None and self.watcher is None:
            return None
        return Membership.Kind.EXTERNAL if self.subcontractor or self.watcher else Membership.Kind.INTERNAL

    def changes(self, member: Membership) -> dict[str, object]:
        """Return the fields of the membership that the request asks for."""
        first, _space, last = member.name.partition(" ")
        values: dict[str, object] = {**self.contact}
        if {"firstname", "lastname"} & self.model_fields_set:
            names = (self.firstname or first, self.lastname if "lastname" in self.model_fields_set else last)
            values["name"] = " ".join(filter(None, names))
        if self.kind is not None:
            values |= {"kind": self.kind, "is_watcher": bool(self.watcher)}
        if self.kind == Membership.Kind.EXTERNAL:
            return values | {"has_api_access": False, "can_manage_users": False}
        given = {
            "has_api_access": self.permissions.api_documentation_access,
            "can_manage_users": self.permissions.users,
        }
        return values | {name: value for name, value in given.items() if value is not None}


class UserCreate(UserUpdate):
    firstname: Annotated[Line, Field(min_length=1, max_length=75)]
    lastname: Annotated[Line, Field(min_length=1, max_length=75)]
    mail: Email
    permissions: Permissions

    @model_validator(mode="after")
    def _rights_fit(self) -> UserCreate:
        asks = self.permissions.users or self.permissions.api_documentation_access
        if self.kind == Membership.Kind.EXTERNAL and asks:
            raise wrong(_("External users cannot have this right. Untick it, or make the user internal."))
        return self


class Downgrade(Attributes):
    user_id: Code = ""
    watcher: bool = False
