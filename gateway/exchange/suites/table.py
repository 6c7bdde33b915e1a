"""Every suite by name: how it seals and how it opens. A new suite is one line in each list."""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from gateway.exchange.policy import SuiteName
from gateway.exchange.suites import file, jose, sm2_form, soap
from gateway.exchange.suites.parts import Opening, Signed

Unseal = Callable[[BinaryIO, Opening], Signed]

UNSEAL: dict[SuiteName, Unseal] = {
    "soap": soap.unseal,
    "jose": jose.unseal,
    "sm2": jose.unseal_national,
    "sm2-form": sm2_form.unseal,
    "file": file.unseal,
    "sm2-file": partial(file.unseal, form=file.NATIONAL),
}

FILE_FORMS: dict[SuiteName, file.Form] = {"file": file.STANDARD, "sm2-file": file.NATIONAL}

MESSAGES: dict[SuiteName, tuple[Callable[[bytes], bytes], Callable[..., bytes], str]] = {
    "soap": (soap.content_for_seal, soap.seal, "application/xml"),
    "jose": (jose.content_for_seal, jose.seal, "application/json"),
    "sm2": (jose.content_for_seal, jose.seal_national, "application/json"),
    "sm2-form": (jose.content_for_seal, sm2_form.seal, "application/json"),
}
"""Of each message suite: content from document, seal, content type."""
