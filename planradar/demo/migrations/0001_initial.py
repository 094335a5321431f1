import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('headers', models.JSONField(default=dict)),
                ('basic_user', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField()),
                ('is_verified', models.BooleanField()),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
    ]
