from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from webhooks.drain import drain
from webhooks.models import Hour
from webhooks.plots import HEIGHT, plot_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def count(webhook):
    """Put numbers into the hour that lies so many hours back."""

    def count(back, **numbers):
        Hour.objects.create(webhook=webhook, hour=NOW.replace(minute=0) - timedelta(hours=back), **numbers)

    return count


def test_recorder_counts_the_hour(webhook, happen, receiver):
    happen(webhook)
    drain(webhook.pk, may_wait=True)
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    happen(webhook)
    drain(webhook.pk, may_wait=True)

    hour = Hour.objects.get()
    assert (hour.delivered, hour.failed) == (1, 1)
    assert hour.hour == timezone.now().replace(minute=0, second=0, microsecond=0)


def test_day_has_24_bars_with_their_numbers(webhook, count, django_assert_num_queries):
    count(0, delivered=3, failed=1, total_ms=400, slowest_ms=250)
    count(23, delivered=2, total_ms=100)
    count(25, delivered=99, total_ms=100)

    with django_assert_num_queries(1):
        plot = plot_of(webhook, NOW, by_day=False)

    first, last = plot.bars[0], plot.bars[-1]
    assert len(plot.bars) == 24
    assert (first.delivered, first.failed, first.average_ms) == (2, 0, 50)
    assert (last.delivered, last.failed, last.average_ms) == (3, 1, 100)
    assert (last.failed_y, last.delivered_height) == (0, HEIGHT * 3 / 4)


def test_month_sums_days(webhook, count):
    for back in (0, 1, 2):
        count(back, delivered=2)

    plot = plot_of(webhook, NOW, by_day=True)

    assert (len(plot.bars), plot.bars[-1].delivered, plot.most) == (30, 6, 6)


def test_webhook_without_attempts_has_an_empty_plot(webhook):
    assert plot_of(webhook, NOW, by_day=False).is_empty


@pytest.mark.parametrize("query", [{}, {"days": "30"}, {"days": "nonsense"}])
def test_page_shows_the_plot(webhook, happen, receiver, client_of, owner, query):
    happen(webhook)
    drain(webhook.pk, may_wait=True)

    page = client_of(owner).get(f"/settings/account/webhooks/{webhook.pk}/", query).content.decode()

    assert '<polyline class="line" points="' in page
