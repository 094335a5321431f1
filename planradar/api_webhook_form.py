"""Webhooks of the API through the forms of the pages, so that both refuse the same with the same words."""

from __future__ import annotations

import uuid
from typing import Any

from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from ninja import Field
from pydantic import BaseModel, SecretStr

from accounts.models import Account
from tickets.api.schemas import Attributes
from tokens.api.problems import ProblemError
from webhooks.models import Webhook
from webhooks.pages.forms import WebhookForm, is_valid
from webhooks.pages.header_forms import BaseHeaderFormSet, HeaderFormSet

NAMES = {"projects": "project-ids", "all_projects": "all-projects"}
PREFIX = "headers"


class HeaderAttributes(Attributes):
    name: str
    value: SecretStr | None = Field(None, description="Left out, the stored value of a hidden header is kept.")
    is_hidden: bool = Field(False, description="A hidden value is never shown again.")


class WebhookUpdate(Attributes):
    description: str | None = None
    url: str | None = None
    events: list[str] | None = Field(None, max_length=100)
    all_projects: bool | None = None
    project_ids: list[str] | None = Field(None, max_length=10_000, description="Without `all-projects`: which ones.")
    authentication: str | None = Field(
        None, description="none, basic or bearer. Left out, it follows from the user name, password or token given."
    )
    basic_user: str | None = Field(None, description="For HTTP Basic.")
    basic_password: SecretStr | None = Field(None, description="Write-only.")
    bearer_token: SecretStr | None = Field(None, description="Write-only.")
    in_order: bool | None = Field(None, description="In order, per ticket.")
    max_in_flight: int | None = Field(None, description="Maximum deliveries at once; 0: no cap.")
    max_per_minute: int | None = Field(None, description="Maximum deliveries per minute; 0: no cap.")
    headers: list[HeaderAttributes] | None = Field(None, max_length=50, description="All of them; others go.")
    drop_secrets: bool = Field(
        False, description="A new scheme, host or port drops the password and hidden values. True agrees to that."
    )


class WebhookCreate(WebhookUpdate):
    description: str
    url: str
    events: list[str] = Field(max_length=100)


class Forms(BaseModel, arbitrary_types_allowed=True):
    form: WebhookForm
    headers: BaseHeaderFormSet

    def ensure_valid(self) -> None:
        """Raise `ProblemError` 422 with the place of each fault."""
        if is_valid(self.form, self.headers):
            return
        faults = {_pointer(name): [str(text) for text in texts] for name, texts in self.form.errors.items()}
        for number, row in enumerate(self.headers.forms):
            faults |= {
                f"/data/attributes/headers/{number}/{name.replace('_', '-')}": [str(text) for text in texts]
                for name, texts in row.errors.items()
            }
        if whole := list(self.headers.non_form_errors()):
            faults["/data/attributes/headers"] = [str(text) for text in whole]
        raise ProblemError(422, _("Some attributes are not valid."), errors=faults)


def _pointer(field: str) -> str:
    return f"/data/attributes/{NAMES.get(field, field.replace('_', '-'))}" if field != "__all__" else "/data"


def forms_for(attributes: WebhookUpdate, *, account: Account, webhook: Webhook | None = None) -> Forms:
    """Fill in the forms as a person would: what stands there already, and over it what is given."""
    data = QueryDict(mutable=True)
    for bound in WebhookForm(instance=webhook, account=account):
        data.setlist(bound.html_name, _shown(bound))
    given = attributes.given()
    for name in ("description", "url", "basic_user"):
        if given.get(name) is not None:
            data[name] = str(given[name])
    if attributes.events is not None:
        data.setlist("events", attributes.events)
    _choose_projects(data, attributes)
    _choose_authentication(data, attributes)
    _set_pace(data, attributes)
    data.setlist("drop_secrets", ["on"] if attributes.drop_secrets else [])
    data["idempotency_key"] = str(uuid.uuid4())
    _add_headers(data, attributes.headers, webhook)
    return Forms(
        form=WebhookForm(data, instance=webhook, account=account),
        headers=HeaderFormSet(data, prefix=PREFIX, webhook=webhook),
    )


def _choose_authentication(data: QueryDict, attributes: WebhookUpdate) -> None:
    """Name the scheme, or conclude it from what is given; an empty user name alone ends HTTP Basic."""
    password, token = attributes.basic_password, attributes.bearer_token
    data["basic_password"] = password.get_secret_value() if password else ""
    data["bearer_token"] = token.get_secret_value() if token else ""
    if attributes.authentication is not None:
        data["authentication"] = attributes.authentication
    elif data["bearer_token"]:
        data["authentication"] = Webhook.Authentication.BEARER.value
    elif attributes.basic_user or data["basic_password"]:
        data["authentication"] = Webhook.Authentication.BASIC.value
    elif attributes.basic_user == "":
        data["authentication"] = Webhook.Authentication.NONE.value


def _set_pace(data: QueryDict, attributes: WebhookUpdate) -> None:
    if attributes.in_order is not None:
        data.setlist("in_order", ["on"] if attributes.in_order else [])
    for name in ("max_in_flight", "max_per_minute"):
        cap = getattr(attributes, name)
        if cap is not None:
            data[name] = str(cap or "")


def _choose_projects(data: QueryDict, attributes: WebhookUpdate) -> None:
    if attributes.project_ids is not None:
        data.setlist("projects", attributes.project_ids)
        data["all_projects"] = "False"
    if attributes.all_projects is not None:
        data["all_projects"] = str(attributes.all_projects)


def _shown(bound: BoundField) -> list[str]:
    """Return what a form shows in a field, as a browser would send it."""
    value: Any = bound.value()
    values = value if isinstance(value, list) else [] if value in (None, False) else [value]
    return [str(getattr(one, "pk", one)) for one in values]


def _add_headers(data: QueryDict, given: list[HeaderAttributes] | None, webhook: Webhook | None) -> None:
    """Write the rows. A header that is stored is known by its name; left out of the list, it goes."""
    stored = {header.name.lower(): header for header in webhook.headers.all()} if webhook else {}
    if given is None:
        given = [
            HeaderAttributes(
                name=header.name,
                value=None if header.is_hidden else SecretStr(header.value),
                is_hidden=header.is_hidden,
            )
            for header in stored.values()
        ]
    data[f"{PREFIX}-TOTAL_FORMS"] = data[f"{PREFIX}-INITIAL_FORMS"] = str(len(given))  # each is to be cleaned whole
    for number, row in enumerate(given):
        header = stored.get(row.name.lower())
        data[f"{PREFIX}-{number}-pk"] = str(header.pk) if header else ""
        data[f"{PREFIX}-{number}-name"] = row.name
        data[f"{PREFIX}-{number}-value"] = row.value.get_secret_value() if row.value else ""
        data.setlist(f"{PREFIX}-{number}-is_hidden", ["on"] if row.is_hidden else [])
