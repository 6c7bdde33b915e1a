"""`cwg-seal`: for a bureau's own front-end computer. It needs no site, no database and no network.

    cwg-seal keys --party education --keys KEYS
    cwg-seal seal ROLL.xlsx --party education --keys KEYS --to GATEWAY --source education
             --roll enrolment --period 2026-11 --into OUT [--replaces ID] [--rows-at NAME]
    cwg-seal open FILE.cwgx --party education --keys KEYS --from GATEWAY --into FOLDER

KEYS is a folder of this bureau's keys, GATEWAY one with the gateway's certificates
(`sign….cert.pem`, `encrypt….cert.pem`), OUT the folder that the gateway picks up from. It imports
gateway.exchange and what that needs, nothing else of the house.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.exchange.checks import check_age
from gateway.exchange.contract import header_from
from gateway.exchange.keymaking import make_site_keys
from gateway.exchange.keys import KeyRing, read_passphrase
from gateway.exchange.limits import DEFAULT_LIMITS
from gateway.exchange.plain import Plain, seal_plain
from gateway.exchange.rows import RowProfile
from gateway.exchange.sealing import Sealer, write_whole
from gateway.exchange.suites import file
from gateway.exchange.suites.parts import Opening
from gateway.exchange.trust import PartnerFile, TrustBook, partner_of
from gateway.model.errors import ExchangeRefused, GatewayError, Refusal
from gateway.model.exchange import Action, Header

GATEWAY = "gateway"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends with exit code 0, 1 (failed) or 2 (usage)."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(options.run(options))
    except GatewayError as error:
        sys.stderr.write(f"cwg-seal: {error}\n")
        sys.exit(error.exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "cwg-seal", description="封装与开启密封文件 · seal and open files"
    )
    commands = parser.add_subparsers(required=True, metavar="keys|seal|open")
    own = argparse.ArgumentParser(add_help=False)
    own.add_argument("--party", required=True, help="本单位在交换中的名称 · this bureau's name")
    own.add_argument("--keys", type=Path, required=True, help="本单位密钥文件夹 · our keys")
    own.add_argument("--passphrase-file", type=Path, help="密钥口令文件 · the keys' passphrase")
    keys = commands.add_parser("keys", parents=[own], help="生成密钥 · make our keys")
    keys.set_defaults(run=_keys)
    seal = commands.add_parser("seal", parents=[own], help="封装名册 · seal a roll")
    seal.add_argument("file", type=Path)
    seal.add_argument(
        "--to", type=Path, required=True, help="网关证书 · the gateway's certificates"
    )
    for name in ("source", "roll", "period"):
        seal.add_argument(f"--{name}", required=True)
    seal.add_argument("--into", type=Path, required=True, help="交换文件夹 · the exchange folder")
    seal.add_argument("--replaces", default="", help="被替换的交换号 · the exchange it replaces")
    seal.add_argument("--rows-at", default="", help="XML, JSON: where the rows stand")
    seal.set_defaults(run=_seal)
    opened = commands.add_parser("open", parents=[own], help="开启文件 · open a file for us")
    opened.add_argument("file", type=Path)
    opened.add_argument("--from", dest="sender", type=Path, required=True)
    opened.add_argument("--into", type=Path, required=True)
    opened.set_defaults(run=_open)
    return parser


def _keys(options: argparse.Namespace) -> int:
    passphrase = read_passphrase(options.passphrase_file)
    made = make_site_keys(
        options.keys, options.party, datetime.now(UTC), passphrase=passphrase, kinds=("ec",)
    )
    for path in made:
        sys.stdout.write(f"{path}\n")
    sys.stderr.write(
        "把以上证书（不含密钥）交给网关 · give these certificates, no key, to the gateway\n"
    )
    return 0


def _seal(options: argparse.Namespace) -> int:
    plain = Plain(
        options.file, options.party, GATEWAY, options.source, options.roll, options.period,
        options.replaces, options.rows_at,
    )  # fmt: skip
    sealer = Sealer(_ring(options), _gateway(options.to), datetime.now(UTC), RowProfile("csv"))
    header = seal_plain(plain, options.into, sealer)
    sys.stdout.write(f"{header.id}\n")
    sys.stderr.write(f"{header.row_count} 行已封装 · rows sealed\n")
    return 0


def _open(options: argparse.Namespace) -> int:
    header = open_for_us(options.file, options.party, _ring(options), options.sender, options.into)
    sys.stdout.write(f"{options.into / header.id}\n")
    return 0


def open_for_us(sealed: Path, party: str, keys: KeyRing, sender: Path, into: Path) -> Header:
    """Verify a sealed file of the gateway's and write its content to `into/<exchange id>`.

    Raises ExchangeRefused; then nothing is left in `into`.
    """
    now = datetime.now(UTC)
    with sealed.open("rb") as stream:
        signed = file.unseal(stream, Opening(keys, _gateway(sender), now, DEFAULT_LIMITS))
        header = header_from(signed.contract)
        signed.signer.check_in_force(now)
        if (header.sender, header.recipient) != (GATEWAY, party):
            raise ExchangeRefused(
                Refusal.WRONG_RECIPIENT, "It is not from the gateway to this bureau"
            )
        check_age(header, now, DEFAULT_LIMITS.file_life, DEFAULT_LIMITS)
        hasher = hashlib.sha256()
        with write_whole(into / header.id) as out:
            for piece in signed.content:
                hasher.update(piece)
                out.write(piece)
            if header.content_digest != f"sha-256:{hasher.hexdigest()}":
                raise ExchangeRefused(Refusal.ALTERED, "The content is not the signed one")
    return header


def _ring(options: argparse.Namespace) -> KeyRing:
    return KeyRing.load(options.keys, read_passphrase(options.passphrase_file))


def _gateway(folder: Path) -> TrustBook:
    spec = PartnerFile(name=GATEWAY, sources=(), actions=tuple(Action))
    return TrustBook([partner_of(spec, folder)])


if __name__ == "__main__":
    main()
