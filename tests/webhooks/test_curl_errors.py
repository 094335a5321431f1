"""What libcurl says, in the words of the owner; errors that no receiver on this machine can make."""

import pycurl
import pytest

from webhooks.http.connections import Ended
from webhooks.http.curl_errors import Progress, error_of
from webhooks.http.outcome import DeliveryError


@pytest.mark.parametrize(
    ("progress", "has_connected", "error"),
    [
        (Progress(), False, DeliveryError.DNS_TIMEOUT),
        (Progress(tried=1), False, DeliveryError.CONNECT),
        (Progress(is_name=False), False, DeliveryError.CONNECT),
        (Progress(tried=1), True, DeliveryError.TIMEOUT),
        (Progress(tried=1, sent=1), True, DeliveryError.TIMEOUT),
    ],
)
def test_time_out_is_that_of_the_step_it_came_in(progress, has_connected, error):
    assert error_of(Ended(None, pycurl.E_OPERATION_TIMEDOUT), 0, progress, has_connected) == error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (pycurl.E_HTTP2, DeliveryError.BROKEN),
        (pycurl.E_RECV_ERROR, DeliveryError.BROKEN),
        (pycurl.E_OUT_OF_MEMORY, DeliveryError.INTERNAL),
        (pycurl.E_COULDNT_RESOLVE_HOST, DeliveryError.DNS),
    ],
)
def test_other_errors(code, error):
    assert error_of(Ended(None, code), 0, Progress(), True) == error
