"""An archived project is kept to be read: nothing in it is written until it is taken back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Project


class ArchivedProjectError(ValidationError):
    pass


def ensure_active(project: Project) -> None:
    if project.is_archived:
        message = _("The project “%(name)s” is archived. Take it back to change it.")
        raise ArchivedProjectError({"project": message % {"name": project.name}})
