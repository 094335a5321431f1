"""No answer brings a secret into the log, however the receiver writes it."""

import base64
import binascii
import codecs
import html
import json
import quopri
import string
from urllib.parse import quote, quote_from_bytes, quote_plus, urlencode
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhooks.http.masking import MASK, WITHHELD, Mask

ASCII = st.text(string.ascii_letters + string.digits + string.punctuation + " ", min_size=8, max_size=40)
ANY = st.text(
    st.characters(min_codepoint=33, exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp", "Cf", "Mn")),
    min_size=8,
    max_size=30,
)
SECRETS = st.one_of(ASCII, ANY).filter(lambda text: sum(map(str.isalnum, text)) >= 6 and text == text.strip())


def units(text):
    return [text.encode("utf-16-be")[i : i + 2].hex() for i in range(0, len(text.encode("utf-16-be")), 2)]


def php_json(text):
    return json.dumps(text).replace("/", "\\/")


def go_json(text):
    plain = json.dumps(text, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        plain = plain.replace(character, f"\\u{ord(character):04x}")
    return plain


def ruby_json(text):
    return go_json(text).replace("\\u003c", "\\u003C").replace("\\u003e", "\\u003E")


def java_properties(text):
    return "".join(c if c.isascii() and c.isalnum() else "".join(f"\\u{u.upper()}" for u in units(c)) for c in text)


def javascript(text):
    return "".join(c if c.isalnum() and c.isascii() else f"\\u{{{ord(c):x}}}" for c in text)


def javascript_hex(text):
    return "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" if ord(c) < 65536 else c for c in text)


def encode_uri_component(text):
    return quote(text, safe="!~*'()")


def php_url(text):
    return quote_plus(text, safe="")


def rails_html(text):
    return html.escape(text).replace("&#x27;", "&#39;")


def numeric_html(text):
    return "".join(f"&#{ord(c)};" for c in text)


def hexadecimal_html(text):
    return "".join(f"&#x{ord(c):X};" for c in text)


TEXTS = [
    str,
    repr,
    ascii,
    json.dumps,
    lambda t: json.dumps(t, ensure_ascii=False),
    lambda t: json.dumps(json.dumps(t)),
    lambda t: json.dumps({"headers": json.dumps({"X-Key": json.dumps(t)})}),
    php_json,
    go_json,
    ruby_json,
    java_properties,
    javascript,
    javascript_hex,
    html.escape,
    lambda t: html.escape(t, quote=False),
    escape,
    quoteattr,
    rails_html,
    numeric_html,
    hexadecimal_html,
    lambda t: html.escape(json.dumps(t)),
    lambda t: quote(json.dumps(t)),
    lambda t: html.escape(quote(t)),
    quote,
    quote_plus,
    encode_uri_component,
    php_url,
    lambda t: quote(t, safe="").lower(),
    lambda t: urlencode({"key": t}),
    lambda t: "".join(f"%{byte:02x}" for byte in t.encode()),
    lambda t: quote(quote(t)),
    lambda t: codecs.encode(t, "unicode_escape").decode("latin-1"),
    lambda t: codecs.encode(t, "rot_13"),
    lambda t: t.encode("raw_unicode_escape").decode("latin-1"),
    lambda t: t.encode("utf-7").decode(),
    lambda t: t.encode("punycode").decode(),
    lambda t: t.encode().decode("latin-1"),
    lambda t: t.encode("ascii", "xmlcharrefreplace").decode(),
    lambda t: t.encode("ascii", "backslashreplace").decode(),
    lambda t: "".join(c.upper() if c.isascii() else c for c in t),
    lambda t: "".join(c.lower() if c.isascii() else c for c in t),
    lambda t: t[::-1],
    lambda t: "\r\n ".join([t[:3], t[3:]]),
    lambda t: t.encode("utf-16-le").decode("latin-1"),
    lambda t: t.encode("utf-32-be").decode("latin-1"),
]
BYTES = [
    base64.b64encode,
    base64.urlsafe_b64encode,
    base64.standard_b64encode,
    base64.b32encode,
    base64.b32hexencode,
    base64.b16encode,
    base64.b85encode,
    base64.a85encode,
    base64.encodebytes,
    binascii.hexlify,
    binascii.b2a_base64,
    binascii.b2a_qp,
    quopri.encodestring,
    lambda b: binascii.hexlify(b, ":"),
    lambda b: binascii.hexlify(b, " "),
    lambda b: base64.b64encode(b).rstrip(b"="),
    lambda b: base64.b64encode(b'{"key":"' + b + b'"}'),
    lambda b: base64.b64encode(b"a" + b + b"b"),
    lambda b: base64.b64encode(b"ab" + b),
    lambda b: base64.b64encode(b"erp:" + b),
    lambda b: b"".join(binascii.b2a_uu(b[i : i + 45]) for i in range(0, len(b), 45)),
    lambda b: base64.b64encode(json.dumps(b.decode()).encode()),
    lambda b: quote_from_bytes(base64.b64encode(b)).encode(),
    lambda b: base64.b32encode(b"abc" + b),
    lambda b: json.dumps(base64.b64encode(b).decode()).replace("/", "\\/").encode(),
    lambda b: " ".join(f"{byte:02X}" for byte in b).encode(),
    lambda b: b.decode().encode("utf-16-le").hex().encode(),
    lambda b: "".join(f"\\x{byte:02x}" for byte in b).encode(),
    lambda b: "".join(f"\\{byte:03o}" for byte in b).encode(),
    lambda b: ", ".join(f"0x{byte:02x}" for byte in b).encode(),
]


@pytest.mark.parametrize("write", TEXTS)
@settings(max_examples=40, deadline=None)
@given(secret=SECRETS)
def test_secret_is_masked_in_every_text_encoding(write, secret):
    written = write(secret)

    kept = Mask([secret])(f"before {written} after", 8192)

    assert kept == WITHHELD or (MASK in kept and written not in kept)


@pytest.mark.parametrize("write", BYTES)
@settings(max_examples=40, deadline=None)
@given(secret=SECRETS)
def test_secret_is_masked_in_every_encoding_of_bytes(write, secret):
    written = write(secret.encode()).decode("latin-1")

    kept = Mask([secret])(f"before {written} after", 8192)

    assert kept == WITHHELD or (MASK in kept and written not in kept)


def test_text_without_a_secret_is_kept_as_it_is():
    text = json.dumps({"taken": True, "id": "4711", "note": "Zażółć &amp; %20 =3D \\u0041"})

    assert Mask(["hush-1-hush", "another/secret+1"])(text, 8192) == text


def test_half_of_a_secret_at_the_end_of_a_cut_answer_is_left_out():
    text = "x" * 2000 + "QZjk-2-QZ"

    assert "QZ" not in Mask(["QZjk-2-QZjk-2"])(text, 8192, is_whole=False)


@pytest.mark.parametrize("cut", range(8186, 8192))
def test_half_of_a_secret_at_the_end_of_what_is_kept_is_left_out(cut):
    text = "x" * cut + base64.b64encode(b"abQZjk-2-QZjk-2").decode()

    assert Mask(["QZjk-2-QZjk-2"])(text, 8192) in (WITHHELD, "x" * 8192)
