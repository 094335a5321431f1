"""What no password may be, by NIST SP 800-63B: too long to be hashed at ease, or made of words that anybody guesses."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account, User

LONGEST = 1000  # characters, more than any password manager makes
PRODUCT = ("planradar",)
LEAST_BESIDE = 6  # characters that are no context word
LEAST_WORD = 4  # letters that make a word of a name
YEAR = re.compile(r"(?:19|20)\d\d")


class LengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("A password has at most %(number)s characters.") % {"number": LONGEST})

    def get_help_text(self) -> str:
        return _("Your password can have up to %(number)s characters.") % {"number": LONGEST}


class ContextValidator:
    """Refuses passwords of which little is left without the product, the account, the person's name and years."""

    def validate(self, password: str, user: User | None = None) -> None:
        text, found = password.casefold(), []
        for word in sorted(_words_about(user), key=len, reverse=True):
            if word in text:
                found.append(word)
                text = text.replace(word, "")
        if year := YEAR.search(text):
            found.append(year[0])
            text = YEAR.sub("", text)
        if found and len(re.sub(r"[\W_]", "", text)) < LEAST_BESIDE:
            words = ", ".join(f"“{word}”" for word in found)
            raise ValidationError(_("Too easy to guess: it is mostly %(words)s.") % {"words": words})

    def get_help_text(self) -> str:
        return _("Do not use the name of the product, of your account, your own, or a year.")


def _words_about(user: User | None) -> set[str]:
    texts = [*PRODUCT]
    if user is not None:
        texts += [user.name, user.email.partition("@")[0]]
        if user.pk:
            texts += Account.objects.filter(memberships__user=user).values_list("name", flat=True)
    words = {word for text in texts for word in re.split(r"[\W_]+", text.casefold())}
    return {word for word in words if len(word) >= LEAST_WORD}
