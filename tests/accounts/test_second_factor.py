import pytest

pytestmark = pytest.mark.django_db


def test_second_factor_can_be_set_up(member, client_of):
    page = client_of(member).get("/auth/2fa/totp/activate/", follow=True)

    assert page.redirect_chain == []
    assert page.status_code == 200
    assert "secret" in page.content.decode().lower()
