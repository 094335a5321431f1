"""Two tabs with two accounts: each form acts on the account that it was opened in."""

import json
import re

SECOND = """
import json
from accounts.models import Account, Membership, User
user = User.objects.create_user("both@demo.example", "correct horse 9", name="Both")
first, second = Account.objects.order_by("pk")[0], Account.objects.create(name="Second Site GmbH")
second.owner = Membership.objects.create(account=second, user=user)
second.save()
Membership.objects.create(account=first, user=user)
print(json.dumps({"first": first.pk, "second": second.pk}))
"""


def test_form_of_one_tab_is_not_turned_by_the_other(page_as, stack):
    made = json.loads(stack.manage("shell", "--verbosity=0", "-c", SECOND))
    form = page_as("both@demo.example", "correct horse 9")
    form.goto(f"/accounts/{made['first']}/projects/new/")
    form.locator("[name=name]").fill("Made in the first account")

    other = form.context.new_page()
    other.goto(f"/accounts/{made['first']}/projects/")
    other.locator("details.switch summary").click()
    other.get_by_role("link", name="Second Site GmbH").click()
    other.wait_for_url(f"**/accounts/{made['second']}/projects/")
    form.locator("main form button.btn-primary").click()

    form.wait_for_url(re.compile(rf"/accounts/{made['first']}/projects/\d+/$"))
    assert "Made in the first account" in form.locator("h1").inner_text()
    other.reload()
    assert "Made in the first account" not in other.locator("main").inner_text()
