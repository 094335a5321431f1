from standardwebhooks import Webhook as Verifier

from webhooks.http import signing


def test_signature_is_that_of_the_published_vector():
    signature = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_generated_secret_has_32_bytes_and_is_new_each_time():
    secrets = {signing.generate_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {len("whsec_") + 44}


def test_both_secrets_verify_during_rotation(time_machine):
    time_machine.move_to("2026-11-24T10:00:00Z")
    old, new = signing.generate_secret(), signing.generate_secret()
    headers = signing.signature_headers([new, old], message_id="evt_1", timestamp=1795514400, body=b"{}")

    assert [Verifier(secret).verify(b"{}", headers) for secret in (old, new)] == [{}, {}]
