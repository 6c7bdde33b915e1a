"""Who may do what: every combination of role, act and access scope stands in the table or is refused."""

from itertools import combinations, product

import pytest

from gateway.access import LEGAL_BASIS, PERMISSIONS, Act, Purpose, Reader, Role, Scope, User, may
from gateway.access.permissions import ADMINISTRATORS
from gateway.model.outcomes import AccessScope

ORDINARY, SEALED, PROTECTION = AccessScope.ORDINARY, AccessScope.SEALED, AccessScope.PROTECTION


@pytest.mark.parametrize(("role", "act", "access"), product(Role, Act, AccessScope))
def test_a_role_may_what_the_table_says(role: Role, act: Act, access: AccessScope) -> None:
    assert may([role], act, access) == ((role, act, access) in PERMISSIONS)


def test_only_child_protection_sees_signs_of_harm() -> None:
    seeing = {role for role in Role if may([role], Act.READ_FINDING, PROTECTION)}
    assert seeing == {Role.CHILD_PROTECTION}
    assert not may([Role.CHILD_PROTECTION], Act.READ_FINDING, ORDINARY)


@pytest.mark.parametrize("pair", combinations(sorted(ADMINISTRATORS), 2))
def test_two_administrators_in_one_person_may_do_nothing(pair: tuple[Role, Role]) -> None:
    assert not any(may(pair, act, access) for act, access in product(Act, AccessScope))


CASES = [
    (("419901",), "419901001002", ORDINARY, True),
    (("419901",), "419902001002", ORDINARY, False),
    (("419901",), "", ORDINARY, False),
    (("",), "", ORDINARY, True),
    ((), "419901001002", ORDINARY, False),
    (("419901",), "419901001002", SEALED, False),
    (("419901",), "419901001002", PROTECTION, False),
]


@pytest.mark.parametrize(("divisions", "division", "access", "expected"), CASES)
def test_a_reader_reaches(
    divisions: tuple[str, ...], division: str, access: AccessScope, expected: bool
) -> None:
    reader = Reader("officer", "person", divisions)
    assert reader.reaches(Scope(division, access)) is expected
    user = User(reader, frozenset({Role.DATA_OFFICER}))
    assert user.may(Act.READ_FINDING, Scope(division, access)) is expected
    assert not user.may(Act.MANAGE_KEYS, Scope(division, access))


def test_every_purpose_has_a_legal_basis() -> None:
    assert set(LEGAL_BASIS) == set(Purpose)
    assert all(LEGAL_BASIS.values())
