from accounts.members.offboarding import register
from accounts.models import Membership, User
from tokens.models import PersonalAccessToken


@register
def revoke_tokens(member: Membership, by: User) -> dict[str, object]:
    tokens = list(PersonalAccessToken.objects.of(member).live())
    for token in tokens:
        token.revoke(by=by, reason=token.Reason.OFFBOARDED)
    return {"tokens": [f"{token.name} …{token.hint}" for token in tokens]}
