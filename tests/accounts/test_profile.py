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


@pytest.mark.parametrize(("name", "values"), [("profile", {"name": "x" * 151}), ("account", {"name": "x" * 151})])
def test_page_of_a_refused_form_shows_what_is_saved(client_of, owner, name, values):
    page = client_of(owner).post(reverse(f"accounts:{name}"), values)

    head = page.content.decode().split("<main")[0]
    assert page.status_code == 200
    assert ("x" * 151 in head, owner.name in head, owner.account.name in head) == (False, True, True)
