"""The Open API: the routers of the parts, put together, and what it answers where something is wrong."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as Invalid
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from planradar import openapi
from planradar.api_events import router as events
from planradar.api_webhooks import router as webhooks
from tickets.api import errors
from tickets.api.attachments import files, nodes
from tickets.api.attachments import router as attachments
from tickets.api.bulk import loading
from tickets.api.bulk import router as bulk
from tickets.api.forms import links
from tickets.api.forms import overview as form_overview
from tickets.api.forms import router as forms
from tickets.api.journals import router as journals
from tickets.api.layers import further as plans
from tickets.api.layers import router as layers
from tickets.api.parser import JsonBody
from tickets.api.projects import listing as project_list
from tickets.api.projects import router as projects
from tickets.api.tickets import router as tickets
from tickets.api.user_acts import acts as user_acts
from tickets.api.user_acts import router as users
from tickets.api.value_lists import router as lists
from tickets.services import UuidTakenError
from tokens.api import problems
from tokens.api.auth import AUTHENTICATION
from tokens.api.idempotency import idempotent
from tokens.api.leaks import router as leaks
from tokens.api.limit import router as limit
from tokens.api.problems import ProblemError, by_status, respond


class OpenApi(NinjaAPI):
    """Both versions share handlers, so an operation is told apart by its whole name."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        version = operation.tags[-1] if operation.tags else ""
        return f"{operation.view_func.__name__}_{version}".strip("_")

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        return cast(OpenAPISchema, openapi.complete(super().get_openapi_schema(**kwargs)))


api = OpenApi(
    title="PlanRadar Open API",
    version="2.0",
    auth=AUTHENTICATION,
    docs_url=None,
    openapi_url=None,
    parser=JsonBody(),
)
api.add_decorator(idempotent)
for prefix, tag, routers in [
    ("/v1/{customer_id}", "v1", {"forms": forms, "links": links, "lists": lists, "layers": layers, "bulk": loading}),
    ("/v2/{customer_id}", "v2", {"forms": form_overview, "links": links, "layers": plans, "bulk": bulk}),
    ("/v1/{customer_id}", "v1", {"projects": projects, "tickets": tickets, "acts": user_acts, "users": users}),
    ("/v2/{customer_id}", "v2", {"projects": project_list, "tickets": tickets, "journals": journals}),
    (
        "/v2/{customer_id}",
        "v2",
        {"attachments": attachments, "files": nodes, "events": events, "webhooks": webhooks, "limit": limit},
    ),
]:
    for name, router in routers.items():
        api.add_router(prefix, router, tags=[name, tag], url_name_prefix=tag)
api.add_router("", leaks, tags=["leaks"])
api.add_router("", files, tags=["files"])


@api.exception_handler(ProblemError)
def problem(request: HttpRequest, error: ProblemError) -> JsonResponse:
    return respond(request, error)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
    return respond(request, by_status(401))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> JsonResponse:
    return respond(request, problems.of_invalid(error.errors))


@api.exception_handler(Invalid)
def refused(request: HttpRequest, error: Invalid) -> JsonResponse:
    return respond(request, errors.of_invalid(error))


@api.exception_handler(UuidTakenError)
def taken(request: HttpRequest, error: UuidTakenError) -> JsonResponse:
    return respond(request, errors.of_taken_uuid())


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> JsonResponse:
    """The router wraps what reading the body raised."""
    cause = error.__cause__
    return respond(request, cause if isinstance(cause, ProblemError) else by_status(error.status_code))


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def not_found(request: HttpRequest, error: Exception) -> JsonResponse:
    return respond(request, by_status(404))


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, error: PermissionDenied) -> JsonResponse:
    return respond(request, by_status(403))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> JsonResponse:
    return respond(request, by_status(413))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
def not_readable(request: HttpRequest, error: Exception) -> JsonResponse:
    return respond(request, by_status(400))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def no_database(request: HttpRequest, error: Exception) -> JsonResponse:
    response = respond(request, by_status(503))
    response.headers["Retry-After"] = "5"
    return response


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> JsonResponse:
    return problems.unexpected(request, error)
