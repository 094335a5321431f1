"""Finding a token by its secret: the one query of every request to the API, compiled once for each connection.

The ORM takes longer to compile the join of four tables than the database to answer it. What comes out is the same
as from `PersonalAccessToken.objects.with_people()`, which a test holds.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators

from tokens import token_format
from tokens.models import PersonalAccessToken

_compiled: WeakKeyDictionary[BaseDatabaseWrapper, Lookup] = WeakKeyDictionary()


class Lookup:
    def __init__(self, wrapper: BaseDatabaseWrapper, peppers: int) -> None:
        self.peppers = peppers
        tokens = PersonalAccessToken.objects.filter(digest__in=[str(number) for number in range(peppers)])
        self._compiler = tokens.with_people().order_by().query.get_compiler(connection=wrapper)
        self._sql, _ = self._compiler.as_sql()
        select, info = self._compiler.select, self._compiler.klass_info
        places = info["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._own]]
        self._converters = self._compiler.get_converters([column[0] for column in select])
        self._related = get_related_populators(info, select, wrapper.alias)  # type: ignore[call-arg]  # as Django 5.2 has it
        self._wrapper = wrapper

    def find(self, digests: list[str]) -> PersonalAccessToken | None:
        with self._wrapper.cursor() as cursor:
            cursor.execute(self._sql, digests)
            rows = cursor.fetchmany(1)
        for row in self._compiler.apply_converters(rows, self._converters):
            token = PersonalAccessToken.from_db(self._wrapper.alias, self._names, row[self._own])
            for related in self._related:
                related.populate(row, token)
            return token
        return None


def with_secret(text: str) -> PersonalAccessToken | None:
    """Return the token, live or not, whose secret is `text`, with its membership, user and account, in one query."""
    digests = token_format.digests(text)
    wrapper = connections[connection.alias]
    lookup = _compiled.get(wrapper)
    if lookup is None or lookup.peppers != len(digests):
        lookup = _compiled[wrapper] = Lookup(wrapper, len(digests))
    return lookup.find(digests)


def renew_digest(token: PersonalAccessToken, text: str) -> None:
    """Keep the digest under the newest pepper from now on, so that the one before can retire."""
    if not token_format.is_current(token.digest):
        new = token_format.digest(text)
        PersonalAccessToken.objects.filter(pk=token.pk, digest=token.digest).update(digest=new)
        token.digest = new
