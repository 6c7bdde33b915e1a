"""Code lists from `mappings/codes/*.yaml`, and what a bureau's text stands for in them."""

import unicodedata
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from gateway.model.codes import Code, CodeClass, CodeList
from gateway.specs import Spec, SpecModel, read_spec


class CodeSpec(SpecModel):
    """One code of a file."""

    value: str
    zh: str
    en: str
    cls: CodeClass | None = Field(default=None, alias="class")
    spellings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class CrosswalkSpec(SpecModel):
    """A crosswalk file: another system's codes for the things of a list, as of a source and a day."""

    list: str
    system: str
    version: int = Field(ge=1)
    source: str
    dated: str
    values: dict[str, str]

    @property
    def name(self) -> str:
        """What a mapping file calls it: `<system>.v<version>`."""
        return f"{self.system}.v{self.version}"


class CodeListSpec(SpecModel):
    """A code list file. `classed` lists must class every code."""

    list: str
    zh: str
    source: str
    dated: str
    licence: str
    classed: bool = False
    codes: tuple[CodeSpec, ...]


def read_code_lists(folder: Path) -> dict[str, CodeList]:
    """All code lists of a folder by name, with the crosswalks into them that stand in its folder
    `crosswalks`, a file each. Raises SpecError with file and line."""
    lists = {found.name: found for found in map(_read, sorted(folder.glob("*.yaml")))}
    for path in sorted((folder / "crosswalks").glob("*.yaml")):
        walk = _read_crosswalk(path, lists)
        of = lists[walk.list]
        lists[walk.list] = replace(of, crosswalks={**of.crosswalks, walk.name: walk.values})
    return lists


def spell(text: str) -> str:
    """The form in which texts are compared: NFKC, trimmed, capitals (SQL: upper(fold_code(x)))."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def lookup(codes: CodeList, crosswalk: str = "") -> dict[str, str]:
    """Spelled text → value. With a crosswalk its codes stand instead of the list's own values.

    Names and spellings are understood either way. Raises KeyError for an unknown crosswalk.
    """
    own = {c.value: c.value for c in codes.codes} if not crosswalk else codes.crosswalks[crosswalk]
    words = {w: c.value for c in codes.codes for w in (c.zh, *c.spellings)}
    return {spell(text): value for text, value in {**own, **words, **own}.items()}


def classes(codes: CodeList) -> dict[str, str]:
    """Value → class."""
    return {c.value: c.cls.value for c in codes.codes}


def _read(path: Path) -> CodeList:
    spec = read_spec(path, f"codes/{path.name}")
    body = spec.check(CodeListSpec)
    if f"{body.list}.yaml" != path.name:
        raise spec.error("the list's name and its file's name differ", ("list",), mend="rename one")
    _check_codes(spec, body)
    return CodeList(
        name=body.list,
        zh=body.zh,
        source=body.source,
        dated=body.dated,
        codes=tuple(_code(c) for c in body.codes),
        licence=body.licence,
    )


def _code(spec: CodeSpec) -> Code:
    cls = spec.cls or CodeClass.PLAIN
    return Code(spec.value, spec.zh, spec.en, cls, spec.spellings, spec.marks)


def _check_codes(spec: Spec, body: CodeListSpec) -> None:
    seen: dict[str, str] = {}
    for i, code in enumerate(body.codes):
        if body.classed and code.cls in (None, CodeClass.PLAIN):
            raise spec.error(
                f"code {code.value!r} has no class", ("codes", i), mend="class every code"
            )
        for text in (code.value, code.zh, *code.spellings):
            other = seen.setdefault(spell(text), code.value)
            if other != code.value:
                raise spec.error(
                    f"{text!r} stands for {other!r} and for {code.value!r}",
                    ("codes", i),
                    mend="leave the spelling with one code",
                )


def _read_crosswalk(path: Path, lists: dict[str, CodeList]) -> CrosswalkSpec:
    spec = read_spec(path, f"codes/crosswalks/{path.name}")
    walk = spec.check(CrosswalkSpec)
    if f"{walk.list}.{walk.name}.yaml" != path.name:
        raise spec.error(
            "the file is not named after its list, system and version",
            ("list",),
            mend=f"name it {walk.list}.{walk.name}.yaml",
        )
    if walk.list not in lists:
        raise spec.error(f"there is no code list {walk.list!r}", ("list",))
    values = {c.value for c in lists[walk.list].codes}
    for given, value in walk.values.items():
        if value not in values:
            raise spec.error(
                f"{given!r} leads to {value!r}, which is no code of the list",
                ("values", given),
                mend="point it at a listed value",
            )
    return walk
