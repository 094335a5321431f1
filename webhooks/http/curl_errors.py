"""What libcurl's errors mean to the owner of a webhook."""

from __future__ import annotations

from dataclasses import dataclass

import pycurl

from webhooks.http.connections import Ended
from webhooks.http.outcome import DeliveryError

# The numbers of OpenSSL's X509_V_ERR_….
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_ISSUERS = {2, 18, 19, 20, 21, 27}
OURS = {pycurl.E_FAILED_INIT, pycurl.E_OUT_OF_MEMORY, pycurl.E_BAD_FUNCTION_ARGUMENT, pycurl.E_SSL_CACERT_BADFILE}
BEFORE_ANSWER = {pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_GOT_NOTHING, pycurl.E_SSL_CONNECT_ERROR}
E_TOO_LARGE = 100  # CURLE_TOO_LARGE: a single line of the head beyond what libcurl holds
OLD_VERSION = ("alert protocol version", "unsupported protocol", "version too low")


@dataclass(slots=True)
class Progress:
    """How far a request came, as the callbacks saw it. Addresses are counted."""

    is_name: bool = True
    refused: int = 0
    tried: int = 0
    sent: int = 0  # times that the request went out
    peer: str = ""
    common_name_matched: bool = False
    client_certificate_wanted: bool = False


def error_of(ended: Ended, verified: int, progress: Progress, has_connected: bool) -> DeliveryError:
    """Return why there is no answer; `verified` is OpenSSL's result of verification."""
    if progress.client_certificate_wanted and ended.code in BEFORE_ANSWER:
        return DeliveryError.TLS_CLIENT
    match ended.code:
        case pycurl.E_COULDNT_RESOLVE_HOST:
            return DeliveryError.DNS
        case pycurl.E_COULDNT_CONNECT:
            return _refusal(progress) if progress.refused and not progress.tried else DeliveryError.CONNECT
        case pycurl.E_OPERATION_TIMEDOUT:
            return _time_out(progress, has_connected)
        case pycurl.E_PEER_FAILED_VERIFICATION | pycurl.E_SSL_CONNECT_ERROR | pycurl.E_ABORTED_BY_CALLBACK:
            return _tls_error(ended.message, verified, progress)
        case _ if ended.code == E_TOO_LARGE:
            return DeliveryError.TOO_LARGE
    return DeliveryError.INTERNAL if ended.code in OURS else DeliveryError.BROKEN


def _refusal(progress: Progress) -> DeliveryError:
    """Return the error of a refused address. Of a name it is the same as if the name did not exist."""
    return DeliveryError.DNS if progress.is_name else DeliveryError.ADDRESS


def _time_out(progress: Progress, has_connected: bool) -> DeliveryError:
    if progress.sent or has_connected:
        return DeliveryError.TIMEOUT
    return DeliveryError.CONNECT if progress.tried or not progress.is_name else DeliveryError.DNS_TIMEOUT


def _tls_error(message: str, verified: int, progress: Progress) -> DeliveryError:
    if progress.common_name_matched:
        return DeliveryError.TLS_NO_NAME
    if verified in {NOT_YET_VALID, EXPIRED}:
        return DeliveryError.TLS_EXPIRED
    if verified in UNKNOWN_ISSUERS:
        return DeliveryError.TLS_ISSUER
    if "subject name" in message:
        return DeliveryError.TLS_NAME
    return DeliveryError.TLS_VERSION if any(words in message for words in OLD_VERSION) else DeliveryError.TLS
