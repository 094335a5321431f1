import pytest

from planradar.access_log import without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /invitation/abc-DEF/ HTTP/1.1", "GET /invitation/…/ HTTP/1.1"),
        ("/auth/password/reset/key/5-cw2k-aa11/", "/auth/password/reset/key/…/"),
        ("https://example.com/auth/password/reset/key/5-cw2k-aa11/", "https://example.com/auth/password/reset/key/…/"),
        ("GET /api/v1/1/files/7?signature=abc HTTP/1.1", "GET /api/v1/1/files/7 HTTP/1.1"),
        ("/projects/1/", "/projects/1/"),
    ],
)
def test_log_line_holds_no_secret(text, shown):
    assert without_secrets(text) == shown
