"""Second factors: encrypted at rest, each code good for one use, one step of tolerance (RFC 6238, 5.2)."""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.profile import second_factor_policy
from lib import encrypted


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypted.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encrypted.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return second_factor_policy.may_remove(authenticator)


def use_code(user: User, code: str) -> None:
    """Refuse a code that was used already, for as long as it would be right; the library forgets it earlier."""
    digits = "".join(code.split())
    lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    if not cache.add(f"totp-used:{user.pk}:{digits}", 1, lifetime):
        raise ValidationError(_("This code was used already. Wait for the next one."))


class _OneUse(BaseAuthenticateForm):
    def clean_code(self) -> str:
        code = super().clean_code()
        use_code(self.user, code)
        return code


class AuthenticateOnceForm(_OneUse, AuthenticateForm):
    pass


class ReauthenticateOnceForm(_OneUse, ReauthenticateForm):
    pass


class ActivateOnceForm(ActivateTOTPForm):
    def clean_code(self) -> str:
        code = super().clean_code()
        use_code(self.user, code)
        return code


class AddKeyForm(AddWebAuthnForm):
    """Refuses what is no registration of a key: stored, it would break every later sign-in of the person."""

    def clean_credential(self) -> dict[str, Any]:
        credential: Any = self.cleaned_data["credential"]
        if not isinstance(credential, dict) or not credential:
            raise ValidationError(_("The browser sent no security key. Try again."))
        return credential

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # JSON of another shape
            raise ValidationError(_("The browser sent no security key. Try again.")) from error
        return cleaned
