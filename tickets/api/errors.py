"""What the services refuse, in the words of the API."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tickets.uploads import UploadRefusedError
from tokens.api.problems import ProblemError

NAMES = {
    "assigned_to": "assigned-to-id",
    "parent": "parent-id",
    "start_date": "drstart-date",
    "end_date": "drend-date",
}


def of_invalid(error: ValidationError) -> ProblemError:
    if isinstance(error, UploadRefusedError):
        return of_file(error)
    by_field = error.message_dict if hasattr(error, "error_dict") else {"data": error.messages}
    errors = {place_of(field): messages for field, messages in by_field.items()}
    return ProblemError(422, _("Some attributes are not valid."), errors=errors)


def place_of(field: str) -> str:
    """Return the place of `subject`, `typed_values/tf37e` or `included/0/list_id` in the body."""
    head, slash, rest = field.partition("/")
    if head == "included":
        return "/" + field.replace("_", "-")
    return NAMES.get(head, head.replace("_", "-")) + slash + rest


def of_file(error: UploadRefusedError) -> ProblemError:
    message = error.messages[0]
    if error.too_large:
        return ProblemError(413, message)
    return ProblemError(422, message, errors={"attachment": [message]})


def of_taken_uuid() -> ProblemError:
    return ProblemError(409, _("Something with this UUID exists already."), errors={"uuid": [_("It exists already.")]})
