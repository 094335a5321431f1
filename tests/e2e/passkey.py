"""A passkey as a browser would have registered it."""

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

ID = b"x" * 16


def passkey():
    """Return the registration, as JSON."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    credential = AttestedCredentialData.create(Aaguid(bytes(16)), ID, key)
    attestation = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, credential), {})
    client = CollectedClientData.create("webauthn.create", ID, "https://127.0.0.1")
    response = AuthenticatorAttestationResponse(client_data=client, attestation_object=attestation)
    return dict(RegistrationResponse(raw_id=ID, response=response))
