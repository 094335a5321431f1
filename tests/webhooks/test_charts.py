import math
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from webhooks.engine.drain import drain
from webhooks.models import HourlyStats
from webhooks.models.histogram import BOUNDS, bucket_counts, percentile
from webhooks.pages.charts import HEIGHT, TOP, plot_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def count(webhook):
    """Put numbers into the hour that lies so many hours back."""

    def count(back, **numbers):
        HourlyStats.objects.create(webhook=webhook, hour=NOW.replace(minute=0) - timedelta(hours=back), **numbers)

    return count


def test_recorder_counts_the_hour(webhook, publish_event, receiver):
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)

    hour = HourlyStats.objects.get()
    assert (hour.delivered, hour.failed, sum(hour.buckets)) == (1, 1, 2)
    assert hour.hour == timezone.now().replace(minute=0, second=0, microsecond=0)


def test_day_has_24_bars_with_their_numbers(webhook, count, django_assert_num_queries):
    count(0, delivered=3, failed=1, buckets=bucket_counts([20, 20, 20, 250]), slowest_ms=250)
    count(23, delivered=2, buckets=bucket_counts([50, 50]), slowest_ms=50)
    count(24, delivered=99)

    with django_assert_num_queries(1):
        plot = plot_of(webhook, NOW, by_day=False)

    first, last = plot.bars[0], plot.bars[-1]
    assert len(plot.bars) == 24
    assert (first.delivered, first.failed, first.p95_ms) == (2, 0, 49)
    assert (last.delivered, last.failed, last.slowest_ms) == (3, 1, 250)
    assert (last.failed_y, last.delivered_height) == (TOP, HEIGHT * 3 / 4)


def test_month_sums_days(webhook, count):
    for back in (0, 1, 2):
        count(back, delivered=2)

    plot = plot_of(webhook, NOW, by_day=True)

    assert (len(plot.bars), plot.bars[-1].delivered, plot.most) == (30, 6, 6)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", 25), ("America/New_York", 24)])
def test_days_and_hours_are_those_of_the_person(webhook, count, zone, day):
    count(-9, delivered=1)  # 19:00 in UTC, 4:00 of the next day in Tokyo
    later = NOW + timedelta(hours=9)

    with timezone.override(ZoneInfo(zone)):
        by_day, by_hour = plot_of(webhook, later, by_day=True), plot_of(webhook, later, by_day=False)

    assert [(bar.begins.day, bar.delivered) for bar in by_day.tried] == [(day, 1)]
    assert by_hour.tried[0].begins.hour == {25: 4, 24: 14}[day]


def test_every_hour_of_a_day_with_25_is_there(webhook):
    morning = datetime(2026, 10, 25, 12, tzinfo=UTC)  # the clocks went back at 1:00 UTC

    with timezone.override(ZoneInfo("Europe/Warsaw")):
        plot = plot_of(webhook, morning, by_day=False)

    assert [bar.begins.hour for bar in plot.bars].count(2) == 2


@pytest.mark.parametrize("share", [0.5, 0.95, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_share_lies_in_the_class_in_which_it_lies(seed, share):
    chance = Random(seed)
    durations = [round(16_000 ** chance.random()) for _ in range(chance.randint(1, 200))]
    exact = sorted(durations)[math.ceil(len(durations) * share) - 1]

    shown = percentile(bucket_counts(durations), share, max(durations))

    lower, upper = (([0, *BOUNDS, 16_000])[bisect_left(BOUNDS, exact) + end] for end in (0, 1))
    assert lower <= shown <= upper


def test_webhook_without_attempts_has_an_empty_plot(webhook):
    assert plot_of(webhook, NOW, by_day=False).tried == []


@pytest.mark.parametrize("query", [{}, {"days": "30"}, {"days": "nonsense"}])
def test_page_shows_the_plot(webhook, publish_event, receiver, client_of, owner, query):
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)

    page = client_of(owner).get(f"/settings/account/webhooks/{webhook.pk}/", query).content.decode()

    assert ('<circle class="median"' in page, "Times of day are those of UTC." in page) == (True, True)
