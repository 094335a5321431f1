from django.utils.translation import gettext_lazy as _

from accounts.menu import Entry, register
from accounts.rights import API_ACCESS

register(Entry(_("API documentation"), "api_docs", "book-open", place=30, right=API_ACCESS))
