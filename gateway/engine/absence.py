"""Who is on a roll, as sorted keyed tokens in 65,536 buckets: what absence is proved by."""

import hashlib

from gateway.engine.engine import Engine
from gateway.engine.steps import load_step

COLUMNS = ("row_key", "row_digest", "name_key", "id_number", "birth_date")
BUCKETS = 1 << 16
_SEP = chr(31)


def number_token(key: str, number: str) -> str:
    """The token of a number, 64 hex digits: SHA-256(key ‖ 0x1F ‖ "number" ‖ 0x1F ‖ number)."""
    return hashlib.sha256(_SEP.join((key, "number", number)).encode()).hexdigest()


def name_token(key: str, name_key: str, birth_date: str) -> str:
    """The token of a name's comparison key with an ISO birth date, 64 hex digits."""
    return hashlib.sha256(_SEP.join((key, "name", name_key, birth_date)).encode()).hexdigest()


def make_tokens(engine: Engine, rows: str, key: str) -> None:
    """Make table `absence_token` from a relation that has `COLUMNS`; `key` is the site's, as text."""
    engine.run(f'CREATE OR REPLACE TEMP VIEW absence_rows AS FROM "{rows}"')
    engine.run(load_step("gateway.engine", "absence_tokens"), {"key": key})


def bucket_digests(engine: Engine) -> bytes:
    """The digest of every bucket, 32 bytes each, in order."""
    table = engine.fetch(load_step("gateway.engine", "absence_buckets"))
    return b"".join(bytes.fromhex(text) for text in table.column("digest").to_pylist())


def bucket_tokens(engine: Engine, token: str) -> list[str]:
    """The sorted tokens of the bucket that a token falls into."""
    query = "SELECT token FROM absence_token WHERE substr(token, 1, 4) = $bucket ORDER BY token"
    return [str(t) for t in engine.fetch(query, {"bucket": token[:4]}).column("token").to_pylist()]
