import os

from django.core.wsgi import get_wsgi_application

from planradar.checks import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planradar.settings")
refuse_to_start()
application = get_wsgi_application()
