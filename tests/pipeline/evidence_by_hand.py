"""Checks an evidence file by docs/evidence-format.md alone: hashlib and cryptography, nothing of ours."""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(token: str, certificates: dict[str, str], typ: str) -> Any:
    head, body, signature = token.split(".")
    header, raw = json.loads(b64(head)), b64(signature)
    assert header["alg"] == "ES256" and header["typ"] == typ
    certificate = x509.load_pem_x509_certificate(certificates[header["kid"]].encode())
    assert hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() == header["kid"]
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(b64(body))


def climb(digest: bytes, index: int, count: int, levels: list[str]) -> str:
    at, width = index, count
    for level in levels:
        others, place = bytes.fromhex(level), 32 * (at % 16)
        assert len(others) == 32 * (min(16, width - at + at % 16) - 1)
        digest = hashlib.sha256(b"\x01" + others[:place] + digest + others[place:]).digest()
        at, width = at // 16, -(-width // 16)
    assert width == 1
    return digest.hex()


def check(token: str) -> dict[str, int]:
    body = json.loads(b64(token.split(".")[1]))
    body = signed(token, body["certificates"], "cwg-evidence+jws")
    roots, owners = {}, 0
    for page in body["pages"]:
        receipt = signed(page["receipt"], body["certificates"], "cwg-receipt+jws")["receipt"]
        assert (receipt["result"], receipt["exchange_id"]) == ("accepted", page["exchange"])
        if page["statement"]:
            said = signed(page["statement"], body["certificates"], "cwg-statement+jws")
            for name in ("sender", "rows_root", "content_digest"):
                assert said[name] == receipt[name]
            assert "rows_salt" not in said and said["id"] == page["exchange"]
            owners += 1
        roots[page["exchange"]] = receipt["rows_root"]
    for row in body["rows"]:
        raw = base64.b64decode(row["row"])
        leaf = hashlib.sha256(b"\x00" + bytes.fromhex(row["salt"]) + raw).digest()
        assert climb(leaf, row["index"], row["count"], row["levels"]) == roots[row["exchange"]]
    for absence in body["absences"]:
        bucket, wanted = absence["bucket"], absence["token"]
        assert bucket == sorted(set(bucket)) and wanted not in bucket
        assert all(token[:4] == wanted[:4] for token in bucket)
        leaf = hashlib.sha256("".join(bucket).encode()).digest()
        assert climb(leaf, int(wanted[:4], 16), 65536, absence["levels"]) == absence["root"]
    return {"rows": len(body["rows"]), "absences": len(body["absences"]), "owners": owners}


if __name__ == "__main__":
    print(check(Path(sys.argv[1]).read_text().strip()))
