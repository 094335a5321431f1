"""Read by gunicorn where it starts: refuses settings that the installation cannot bear, and logs no secrets."""

import os

from gunicorn.arbiter import Arbiter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planradar.settings")
# Whoever may say whom a request is from may say that it came over TLS; without any, a proxy on this machine.
networks = [network.strip() for network in os.environ.get("TRUSTED_PROXIES", "").split(",")]
forwarded_allow_ips = ",".join(network for network in networks if network not in ("", "unix")) or "127.0.0.1,::1"
logger_class = "planradar.access_log.Logger"


def on_starting(server: Arbiter) -> None:
    from planradar import checks  # noqa: PLC0415, not before the environment says where the settings are

    checks.refuse_to_start()
    checks.refuse_server(
        workers=server.cfg.workers,
        threads=server.cfg.threads,
        addresses=[address[0] for address in server.cfg.address if isinstance(address, tuple)],
    )
