from __future__ import annotations


def test_ticket_lives_on_both_versions(api, project, api_user):
    for version in "v1", "v2":
        at = f"{version}/~/projects/{project.pk}/tickets"
        made = api.post(at, {"subject": "Crack", "status-id": 1, "typed-values": {"a": 1}})
        assert made.status_code == 201, made.content
        key = made.json()["data"]["id"]

        assert api.get(f"{at}/{key}").json() == made.json()
        changed = api.put(f"{at}/{key}", {"status-id": 3})
        assert changed.json()["data"]["attributes"]["status-id"] == 3
        assert api.delete(f"{at}/{key}").status_code == 204
        assert api.get(f"{at}/{key}").status_code == 404
