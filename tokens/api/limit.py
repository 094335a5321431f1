from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from ninja import Path, Router, Schema

from tokens.api.auth import FREE_AUTHENTICATION, ApiRequest
from tokens.rate_limit.limits import WINDOW

router = Router()


class LimitPath(Schema):
    customer_id: str


class Limit(Schema):
    limit: int
    remaining: int
    reset: int
    window: int


class LimitObject(Schema):
    id: str
    type: str
    attributes: Limit


class LimitAnswer(Schema):
    data: LimitObject


@router.get("/rate_limit", auth=FREE_AUTHENTICATION, response=LimitAnswer, summary="Read the limit")
def rate_limit(request: ApiRequest, path: Path[LimitPath]) -> HttpResponse:
    """Tell how many requests are free. Asking is free as well; `reset` and `window` are seconds."""
    standing = request.standing
    attributes = {"limit": standing.limit, "remaining": standing.remaining, "reset": standing.reset, "window": WINDOW}
    return JsonResponse({"data": {"id": path.customer_id, "type": "rate-limits", "attributes": attributes}})
