"""The Open API: the routers of the parts, put together."""

from ninja import NinjaAPI

from tokens.auth import AUTHENTICATION

api = NinjaAPI(title="PlanRadar Open API", version="2.0", auth=AUTHENTICATION, docs_url=None, openapi_url=None)
