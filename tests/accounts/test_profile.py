import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_languages_call_themselves_by_their_own_names(client_of, member):
    form = client_of(member).get(reverse("accounts:profile")).context["form"]

    assert [label for code, label in form.fields["language"].choices if code] == ["English", "Polski", "Deutsch"]


def test_chosen_language_is_the_next_page_s(client_of, member):
    client = client_of(member)
    data = {"name": "Mia", "language": "de", "time_zone": "UTC"}
    page = client.post(reverse("accounts:profile"), data, follow=True)

    assert page.context["frame"].menu[0].label == "Profil"
    assert page.headers["Content-Language"] == "de"
