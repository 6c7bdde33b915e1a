"""Every suite by name: how it seals and how it opens. A new suite is one line in each list."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from gateway.exchange.policy import SuiteName
from gateway.exchange.suites import cms, file, jose, sm2_form, soap
from gateway.exchange.suites.parts import Opening, Sealing, Signed
from gateway.model.exchange import Header

Unseal = Callable[[BinaryIO, Opening], Signed]


@dataclass(frozen=True, slots=True)
class FileSuite:
    """A suite whose exchanges are files; `is_ours` asks whether one is encrypted for our keys."""

    seal: Callable[[Header, BinaryIO, BinaryIO, Sealing], None]
    unseal: Unseal
    is_ours: Callable[[BinaryIO, Opening], bool]


def _form(form: file.Form) -> FileSuite:
    return FileSuite(
        partial(file.seal, form=form),
        partial(file.unseal, form=form),
        partial(file.is_ours, form=form),
    )


FILES: dict[SuiteName, FileSuite] = {
    "file": _form(file.STANDARD),
    "sm2-file": _form(file.NATIONAL),
    "cms": FileSuite(cms.seal, cms.unseal, cms.is_ours),
}

UNSEAL: dict[SuiteName, Unseal] = {
    "soap": soap.unseal,
    "jose": jose.unseal,
    "sm2": jose.unseal_national,
    "sm2-form": sm2_form.unseal,
    **{name: suite.unseal for name, suite in FILES.items()},
}

MESSAGES: dict[SuiteName, tuple[Callable[[bytes], bytes], Callable[..., bytes], str]] = {
    "soap": (soap.content_for_seal, soap.seal, "application/xml"),
    "jose": (jose.content_for_seal, jose.seal, "application/json"),
    "sm2": (jose.content_for_seal, jose.seal_national, "application/json"),
    "sm2-form": (jose.content_for_seal, sm2_form.seal, "application/json"),
}
"""Of each message suite: content from document, seal, content type."""
