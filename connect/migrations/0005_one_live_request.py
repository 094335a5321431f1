from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connect", "0004_first_entries_and_replies")]
    operations = [
        migrations.AddConstraint(
            model_name='connectrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['submitted', 'in_review', 'needs_information', 'approved', 'suspended'])), fields=('account',), name='one_live_connect_request_per_account'),
        ),
    ]
