"""Whom this site trusts, and for what: the partners' certificates, pinned by thumbprint.

    partners/<name>/partner.yaml   sign*.cert.pem   encrypt*.cert.pem

No chain and no certificate authority is followed. Several certificates of a use may lie there while
a partner renews its keys. Expiry and revocation are judged at a time that is passed in: that of receipt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from cryptography import x509
from pydantic import Field

from gateway.exchange.file_marks import Marks, file_marks
from gateway.exchange.keys import RevokedKey
from gateway.exchange.policy import (
    USES,
    Kind,
    SuiteName,
    Use,
    kind_of,
    thumbprint,
    unfit,
    weakness,
)
from gateway.model.errors import ExchangeRefused, KeyUnavailable, Refusal, SpecError
from gateway.model.exchange import Action, Grade
from gateway.specs import SpecModel, load_spec

PARTNER_FILE = "partner.yaml"


class Sm2Habit(SpecModel):
    """How a partner is used to write SM2 signatures: DER or raw r‖s, and under which user id."""

    signature: Literal["der", "raw"] = "der"
    user_id: str = Field(default="1234567812345678", pattern=r"^[!-~]{1,64}$")

    @property
    def user_bytes(self) -> bytes:
        """The user id as bytes."""
        return self.user_id.encode("ascii")


USUAL = Sm2Habit()
"""What GM/T 0009 says where nothing else was agreed."""


class PartnerFile(SpecModel):
    """`partner.yaml`: what a partner may send, how, and which of its keys are revoked.

    `suites` pins it: nothing of it is opened, or sealed for it, in another suite; empty pins nothing.
    `sm2` and `app_id` belong to the national suites.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    sources: tuple[str, ...]
    actions: tuple[Action, ...]
    grade: Literal["owner-signed", "gateway-attested", "attested"] = "owner-signed"
    suites: tuple[SuiteName, ...] = ()
    sm2: Sm2Habit = USUAL
    app_id: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,64}$")
    revoked: tuple[RevokedKey, ...] = ()


@dataclass(frozen=True)
class TrustedKey:
    """One pinned certificate of a partner. What is read from the certificate is read once."""

    partner: str
    use: Use
    certificate: x509.Certificate
    thumbprint: str
    revoked_at: datetime | None = None
    habit: Sm2Habit = USUAL

    @cached_property
    def kind(self) -> Kind | None:
        """`ec`, `rsa` or `sm2`."""
        return kind_of(self.certificate)

    @cached_property
    def flaw(self) -> str:
        """Why it is too weak, or unfit for its use; empty when it is neither."""
        return weakness(self.certificate) or unfit(self.certificate, self.use)

    def check_in_force(self, at: datetime) -> None:
        """Raises ExchangeRefused when the certificate was not valid at that time."""
        if not self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc:
            raise ExchangeRefused(
                Refusal.EXPIRED_KEY,
                "The certificate was not valid when the exchange was received",
                where=f"{self.partner}, {self.thumbprint[:16]}",
                mend="Ask the partner for its new certificate and put it beside the old one.",
            )


@dataclass(frozen=True, slots=True)
class Partner:
    """A party whose exchanges are taken, with what it may send."""

    name: str
    sources: frozenset[str]
    actions: frozenset[Action]
    grade: Grade
    keys: tuple[TrustedKey, ...]
    suites: frozenset[SuiteName] = frozenset()
    app_id: str = ""
    habit: Sm2Habit = USUAL

    def check_suite(self, suite: SuiteName) -> None:
        """Raises ExchangeRefused(bad_algorithm) when the partner is pinned to other suites."""
        if self.suites and suite not in self.suites:
            raise ExchangeRefused(
                Refusal.BAD_ALGORITHM,
                "The partner is pinned to another suite",
                where=f"{self.name}: {suite}",
                mend="Compare `suites` of its partner.yaml with `suite` of the source.",
            )

    def encryption(self, kind: Kind, at: datetime) -> TrustedKey:
        """The newest encryption certificate of a kind in force. Raises KeyUnavailable."""
        fits = [
            key
            for key in self.keys
            if key.use == "encrypt"
            and key.kind == kind
            and not key.flaw
            and key.certificate.not_valid_before_utc <= at <= key.certificate.not_valid_after_utc
            and (key.revoked_at is None or at < key.revoked_at)
        ]
        if not fits:
            raise KeyUnavailable(
                f"The partner has no {kind} encryption certificate in force.",
                where=f"partners/{self.name}",
                mend="Ask the partner for its present certificate.",
            )
        return max(fits, key=lambda key: key.certificate.not_valid_before_utc)


class TrustBook:
    """All partners of a site. One read from a folder reads it again when something there changed, so
    that a revocation holds from the next exchange on, also in a process that has run for days."""

    def __init__(self, partners: Iterable[Partner]) -> None:
        self._folder: Path | None = None
        self._seen: Marks = ()
        self._take(partners)

    def _take(self, partners: Iterable[Partner]) -> None:
        found = {partner.name: partner for partner in partners}
        keys: dict[str, TrustedKey] = {}
        for partner in found.values():
            for key in partner.keys:
                if keys.setdefault(key.thumbprint, key) is not key:
                    raise SpecError(
                        "One certificate is given to two partners or two uses.",
                        where=f"partners/{partner.name}, {key.thumbprint[:16]}",
                        mend="Ask the partner for a certificate of its own for each use.",
                    )
        self._found, self._keys_found = found, keys

    @classmethod
    def load(cls, folder: Path) -> "TrustBook":
        """Read `<folder>/<name>/…` for every partner. Raises SpecError naming the file."""
        book = cls(())
        book._folder = folder
        book._refresh()
        return book

    def _refresh(self) -> None:
        if self._folder is None:
            return
        seen = file_marks(self._folder, PARTNER_FILE, self._seen)
        if seen != self._seen:
            files = sorted(self._folder.glob(f"*/{PARTNER_FILE}"))
            self._take([_load_partner(path.parent) for path in files])
            self._seen = seen

    @property
    def _partners(self) -> dict[str, Partner]:
        self._refresh()
        return self._found

    @property
    def _keys(self) -> dict[str, TrustedKey]:
        self._refresh()
        return self._keys_found

    def partner(self, name: str) -> Partner:
        """The partner of that name. Raises SpecError."""
        try:
            return self._partners[name]
        except KeyError:
            raise SpecError(
                "There is no such partner.",
                where=f"partners/{name}",
                mend="Add it with `cwg partner add`.",
            ) from None

    def find(self, name: str) -> Partner | None:
        """The partner of that name, or None."""
        return self._partners.get(name)

    def partners(self) -> tuple[Partner, ...]:
        """Every partner, by name."""
        return tuple(self._partners.values())

    def signer(self, name: str, kind: Kind, at: datetime) -> TrustedKey:
        """The pinned signing certificate with that thumbprint.

        Raises ExchangeRefused: unknown, revoked at that time, too weak, or of another kind. Whether
        it was in force is asked afterwards (`check_in_force`), when the signature has been verified.
        """
        key = self._keys.get(name)
        if key is None or key.use != "sign":
            raise ExchangeRefused(
                Refusal.UNKNOWN_SENDER,
                "It is signed with a certificate that no partner is known by",
                mend="If it is genuine, add the certificate to the partner's folder.",
            )
        where = f"{key.partner}, {key.thumbprint[:16]}"
        if key.revoked_at is not None and at >= key.revoked_at:
            raise ExchangeRefused(
                Refusal.REVOKED_KEY,
                "It is signed with a revoked key",
                where=where,
                mend="Tell the partner at once: somebody may be using its stolen key.",
            )
        if key.flaw:
            raise ExchangeRefused(
                Refusal.WEAK_KEY,
                f"The signing key is unfit: {key.flaw}",
                where=where,
                mend="Ask the partner for a stronger key.",
            )
        if key.kind != kind:
            raise ExchangeRefused(
                Refusal.BAD_ALGORITHM, f"This suite needs an {kind} signing key", where=where
            )
        return key


def _load_partner(folder: Path) -> Partner:
    spec = load_spec(folder / PARTNER_FILE, PartnerFile, f"partners/{folder.name}/{PARTNER_FILE}")
    if spec.name != folder.name:
        raise SpecError(
            "A partner's folder is named as the partner.",
            where=str(folder / PARTNER_FILE),
            mend=f"Rename the folder to {spec.name}.",
        )
    return partner_of(spec, folder)


def partner_of(spec: PartnerFile, folder: Path) -> Partner:
    """The partner of a specification with the certificates of a folder. Raises SpecError."""
    revoked = {entry.thumbprint: entry.at for entry in spec.revoked}
    keys = []
    for use in USES:
        for path in sorted(folder.glob(f"{use}*.cert.pem")):
            certificate = load_certificate(path)
            name = thumbprint(certificate)
            gone = revoked.pop(name, None)
            keys.append(TrustedKey(spec.name, use, certificate, name, gone, spec.sm2))
    if revoked:
        raise SpecError(
            "A revoked certificate is not in the folder.",
            where=f"{folder / PARTNER_FILE}, {min(revoked)[:16]}",
            mend="Leave revoked certificates in the folder: old exchanges are judged by them.",
        )
    return Partner(
        spec.name,
        frozenset(spec.sources),
        frozenset(spec.actions),
        Grade(spec.grade),
        tuple(keys),
        frozenset(spec.suites),
        spec.app_id,
        spec.sm2,
    )


def load_certificate(path: Path) -> x509.Certificate:
    """A certificate in PEM. Raises SpecError."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise SpecError(
            "A certificate cannot be read.", where=str(path), mend="Put it there as one PEM block."
        ) from None
