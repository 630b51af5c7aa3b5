"""A certificate that this computer does not trust: refused, said, and nothing of ours sent."""

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest

from kling_desktop.domain.answers import Deferred, DownloadFailed, NoAnswer, SendPhase
from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.providers import TaskKind
from tests.fakes.raw_server import answers, raw_server

pytest.importorskip("cryptography", reason="comes with the keyring, on Linux only")
pytestmark = pytest.mark.anyio


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    both = tmp_path / "server.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


async def test_nothing_is_sent_to_whom_this_computer_does_not_trust(
    client_of, outgoing, self_signed, tmp_path
):
    async with raw_server(answers(200, {"code": 0}), context=self_signed) as server:
        client = client_of(server.secure_url)
        created = await client.create(outgoing, lambda _done, _total: None)
        looked = await client.get(TaskKind.IMAGE, "1")
        part = tmp_path / "result.part"
        fetched = await client.download(server.secure_url, part, lambda _done, _total: None)
        await client.aclose()
        assert server.seen == []
    assert isinstance(created, Deferred)
    assert created.phase is SendPhase.NOTHING_SENT
    assert created.error.remedy is Remedy.FIX_SETTINGS
    assert "certificate" in created.error.detail
    assert isinstance(looked, NoAnswer)
    assert not looked.offline
    assert isinstance(fetched, DownloadFailed)
    assert not fetched.offline
    assert "certificate" in fetched.error.detail
