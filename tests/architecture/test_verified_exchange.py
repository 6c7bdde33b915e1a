"""Only the door of the exchange room may make a VerifiedExchange: everything else must go through it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOOR = "gateway/exchange/door.py"
NAME = "VerifiedExchange"
SOURCES = [
    path
    for top in ("gateway", "adapters", "sandbox", "bench")
    for path in sorted((ROOT / top).rglob("*.py"))
]


def constructions(source: str) -> list[int]:
    """Lines on which a VerifiedExchange is made: called under any name it was imported as, handed on
    as a value, made a base class, or put together past its constructor."""
    tree = ast.parse(source)
    names = {NAME}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {a.asname for a in node.names if a.name == NAME and a.asname}
    annotations = {
        id(inner)
        for node in ast.walk(tree)
        for annotation in _annotations(node)
        for inner in ast.walk(annotation)
    }
    found = []
    for node in ast.walk(tree):
        uses = (isinstance(node, ast.Name) and node.id in names) or (
            isinstance(node, ast.Attribute) and node.attr == NAME
        )
        if uses and id(node) not in annotations:
            found.append(node.lineno)
        if isinstance(node, ast.Constant) and node.value == NAME and id(node) not in annotations:
            found.append(node.lineno)
    return found


def _annotations(node: ast.AST) -> list[ast.expr]:
    """Where the name may stand freely: it says what a value is and makes none."""
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        return [node.annotation]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
        return [node.returns]
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return []
    return _aliases(node)


def _aliases(node: ast.AST) -> list[ast.expr]:
    """`Opener = Callable[[SealedRef], VerifiedExchange]`: a type's name in brackets."""
    return [node.slice] if isinstance(node, ast.Subscript) else []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_but_the_door(path: Path) -> None:
    lines = constructions(path.read_text(encoding="utf-8"))
    if path.relative_to(ROOT).as_posix() == DOOR:
        assert len(lines) == 1
    else:
        assert lines == [], f"{path.name}: a VerifiedExchange comes from gateway.exchange only"


CHEATS = [
    "from gateway.model.exchange import VerifiedExchange\nx = VerifiedExchange()",
    "from gateway.model.exchange import VerifiedExchange as V\nx = V(1)",
    "from gateway.model import exchange\nx = exchange.VerifiedExchange()",
    "from gateway.model.exchange import VerifiedExchange\nmake = VerifiedExchange\nmake()",
    "from gateway.model.exchange import VerifiedExchange\nx = object.__new__(VerifiedExchange)",
    "from gateway.model.exchange import VerifiedExchange\nclass Mine(VerifiedExchange): ...",
    "from gateway.model import exchange\nx = getattr(exchange, 'VerifiedExchange')()",
]
HONEST = [
    "def f(x: VerifiedExchange) -> VerifiedExchange: ...",
    "def f(x: 'VerifiedExchange') -> list[VerifiedExchange]: ...",
    "held: dict[str, VerifiedExchange] = {}",
    "Opener = Callable[[SealedRef], VerifiedExchange]",
]


@pytest.mark.parametrize("source", CHEATS)
def test_the_check_sees_a_cheat(source: str) -> None:
    assert constructions(source)


@pytest.mark.parametrize("source", HONEST)
def test_the_check_lets_types_pass(source: str) -> None:
    assert constructions(source) == []
