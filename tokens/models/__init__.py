from tokens.models.idempotency import KeptAnswer
from tokens.models.leak_report import LeakReport
from tokens.models.limit import LimitNotice, LimitRequest
from tokens.models.refusal import TokenRefusal
from tokens.models.token import PersonalAccessToken
from tokens.models.usage import AccountHour, TokenAddress, TokenDay

__all__ = [
    "AccountHour",
    "KeptAnswer",
    "LeakReport",
    "LimitNotice",
    "LimitRequest",
    "PersonalAccessToken",
    "TokenAddress",
    "TokenDay",
    "TokenRefusal",
]
