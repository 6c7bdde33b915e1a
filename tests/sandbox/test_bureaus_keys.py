"""Keys made by openssl: names, strength, life, file modes."""

import subprocess
from pathlib import Path

import pytest
from bureaus_support import Keys, refused

from sandbox.bureaus.errors import SandboxError
from sandbox.bureaus.keys import (
    copy_certificates,
    load_partner,
    load_ring,
    make_keys,
    make_tls,
    thumbprint,
)


def openssl(*arguments: str) -> str:
    return subprocess.run(
        ("openssl", *arguments), check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize(
    ("name", "strength"), [("education", "3072 bit"), ("insurance", "prime256v1")]
)
def test_certificates(bureau_keys: Keys, name: str, strength: str) -> None:
    party = {"insurance": "medical_insurance"}.get(name, name)
    for use in ("sign", "encrypt"):
        cert = bureau_keys.folder / name / f"{use}.cert.pem"
        text = openssl("x509", "-in", str(cert), "-noout", "-text")
        assert f"CN = {party}" in text
        assert strength in text
        assert "CA:TRUE" not in text
        days = subprocess.run(
            ["openssl", "x509", "-in", str(cert), "-noout", "-checkend", str(731 * 86400)],
            check=False,
            capture_output=True,
        )
        assert days.returncode == 1
        openssl("x509", "-in", str(cert), "-noout", "-checkend", str(729 * 86400))


def test_private_keys_are_private(bureau_keys: Keys) -> None:
    for path in bureau_keys.folder.glob("*/*.key.pem"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_thumbprint_is_openssls_fingerprint(bureau_keys: Keys) -> None:
    cert = bureau_keys.folder / "insurance" / "sign.cert.pem"
    printed = openssl("x509", "-in", str(cert), "-noout", "-fingerprint", "-sha256")
    assert printed.split("=")[1].strip().replace(":", "").lower() == thumbprint(cert.read_bytes())


def test_making_twice_keeps_the_keys(tmp_path: Path) -> None:
    make_keys(tmp_path, "welfare", "ec")
    before = (tmp_path / "sign.key.pem").read_bytes()
    make_keys(tmp_path, "welfare", "ec")
    assert (tmp_path / "sign.key.pem").read_bytes() == before


def test_only_certificates_are_copied(tmp_path: Path, bureau_keys: Keys) -> None:
    copy_certificates(bureau_keys.folder / "insurance", tmp_path / "public")
    names = sorted(path.name for path in (tmp_path / "public").iterdir())
    assert names == ["encrypt.cert.pem", "sign.cert.pem"]


@pytest.mark.parametrize(
    "kind", [("rsa:1024",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-384")], ids=["rsa", "ec"]
)
def test_weak_or_foreign_keys_are_refused(tmp_path: Path, kind: tuple[str, ...]) -> None:
    for use in ("sign", "encrypt"):
        key, cert = str(tmp_path / f"{use}.key.pem"), str(tmp_path / f"{use}.cert.pem")
        openssl("req", "-x509", "-newkey", *kind, "-noenc", "-subj", "/CN=x", "-keyout", key,
                "-out", cert)  # fmt: skip
    with refused("weak_key"):
        load_partner(tmp_path, "x")


def test_missing_keys_say_the_mend(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="is missing; run make_keys"):
        load_ring(tmp_path, "education", {})


def test_tls_certificate_names_the_host(tmp_path: Path) -> None:
    key, cert = make_tls(tmp_path)
    assert "IP Address:127.0.0.1" in openssl("x509", "-in", str(cert), "-noout", "-text")
    assert make_tls(tmp_path) == (key, cert)
