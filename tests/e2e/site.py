"""The product as servers run it: DEBUG off, gunicorn behind TLS, hashed and compressed files. Without workers."""

import base64
import hashlib
import json
import ssl
import subprocess
import sys
import time
import urllib.request

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from tests.e2e.stack import ROOT, Stack

PASSWORD = "correct horse 9"  # of those whom the scene adds
SCENE = "from tests.e2e import scene; scene.build()"


class Certificate:
    """A certificate for this machine, and the flag by which Chromium trusts it, and so uses its cache."""

    def __init__(self, directory):
        issued = trustme.CA().issue_cert("127.0.0.1")
        self.key, self.chain = directory / "key.pem", directory / "chain.pem"
        issued.private_key_pem.write_to_path(self.key)
        for blob in issued.cert_chain_pems:
            blob.write_to_path(self.chain, append=True)
        public = load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_key()
        digest = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        self.flag = f"--ignore-certificate-errors-spki-list={base64.b64encode(digest).decode()}"


class Site(Stack):
    """Ready to be looked at: with the demo's people and the scene."""

    def __init__(self, directory, certificate):
        super().__init__(directory, {})
        for name in ("DATABASE_URL", "REDIS_URL"):
            self.environment.pop(name, None)
        self.environment |= {"DEBUG": "false", "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8"}
        self.certificate = certificate
        self.url = f"https://127.0.0.1:{self.port}"
        self.context = ssl._create_unverified_context()

    def start(self):
        (self.directory / "static").mkdir()
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--noinput", "--verbosity=0")
        self.demo = json.loads(self.manage("demo", "--json"))
        self.place = json.loads(self.manage("shell", "--verbosity=0", "-c", SCENE))
        log = (self.directory / "log.txt").open("a")
        command = [sys.executable, "-m", "gunicorn", "planradar.wsgi", "--threads=8", f"--bind=127.0.0.1:{self.port}"]
        command += [f"--certfile={self.certificate.chain}", f"--keyfile={self.certificate.key}"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                return self.get("/health/live") and self
            except OSError:
                assert self.process.poll() is None, (self.directory / "log.txt").read_text()
                time.sleep(0.1)
        raise AssertionError("it does not answer")

    def get(self, path, **headers):
        """Ask as nobody, without a browser."""
        request = urllib.request.Request(self.url + path, headers=headers)
        return urllib.request.urlopen(request, context=self.context)

    def enter(self, browser, who, **options):
        """Open a browser of one's own as one of the demo or the scene, or as nobody."""
        page = browser.new_context(base_url=self.url, **options).new_page()
        if who != "nobody":
            self.sign_in(page, who)
        return page

    def sign_in(self, page, who):
        page.context.clear_cookies()
        email, password = self._credentials(who)
        page.goto("/auth/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(password)
        page.locator("main form button.btn-primary").click()
        if who == "guarded":
            page.locator("[name=code]").fill(self.place["codes"].pop())
            page.locator("main form button.btn-primary").click()
        page.wait_for_url("**/projects/")

    def _credentials(self, who):
        known = self.demo["users"].get(who, {"email": f"{who}@demo.example", "password": PASSWORD})
        return known["email"], known["password"]
