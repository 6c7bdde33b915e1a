"""The one table of who may do what; a row that is not there is refused."""

from collections.abc import Iterable
from enum import StrEnum

from gateway.model.outcomes import AccessScope


class Role(StrEnum):
    """Roles of people and clients. No one holds two of the three administrators."""

    DATA_OFFICER = "data_officer"
    SUPERVISOR = "supervisor"
    CHILD_PROTECTION = "child_protection"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"
    CLIENT = "client"


class Act(StrEnum):
    """What can be done."""

    READ_FINDING = "read_finding"
    DECIDE_CASE = "decide_case"
    ANNOTATE_CASE = "annotate_case"
    EXPORT = "export"
    RUN_NIGHT = "run_night"
    PAUSE_SOURCE = "pause_source"
    MANAGE_KEYS = "manage_keys"
    READ_AUDIT = "read_audit"
    ASSIGN_CASE = "assign_case"
    DECIDE_IN_BULK = "decide_in_bulk"
    UNMASK = "unmask"
    BREAK_GLASS = "break_glass"
    APPROVE_BREAK_GLASS = "approve_break_glass"
    PRINT_SHEETS = "print_sheets"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_NIGHT = "read_night"
    REPORT_HARM = "report_harm"


ORDINARY, SEALED, PROTECTION = AccessScope.ORDINARY, AccessScope.SEALED, AccessScope.PROTECTION

PERMISSIONS: frozenset[tuple[Role, Act, AccessScope]] = frozenset(
    {
        (Role.DATA_OFFICER, Act.READ_FINDING, ORDINARY),
        (Role.DATA_OFFICER, Act.DECIDE_CASE, ORDINARY),
        (Role.DATA_OFFICER, Act.ANNOTATE_CASE, ORDINARY),
        (Role.DATA_OFFICER, Act.DECIDE_IN_BULK, ORDINARY),
        (Role.DATA_OFFICER, Act.UNMASK, ORDINARY),
        (Role.DATA_OFFICER, Act.BREAK_GLASS, ORDINARY),
        (Role.DATA_OFFICER, Act.PRINT_SHEETS, ORDINARY),
        (Role.DATA_OFFICER, Act.READ_NIGHT, ORDINARY),
        (Role.DATA_OFFICER, Act.REPORT_HARM, ORDINARY),
        (Role.SUPERVISOR, Act.REPORT_HARM, ORDINARY),
        (Role.CHILD_PROTECTION, Act.REPORT_HARM, ORDINARY),
        (Role.SUPERVISOR, Act.READ_FINDING, ORDINARY),
        (Role.SUPERVISOR, Act.READ_FINDING, SEALED),
        (Role.SUPERVISOR, Act.DECIDE_CASE, ORDINARY),
        (Role.SUPERVISOR, Act.DECIDE_CASE, SEALED),
        (Role.SUPERVISOR, Act.ANNOTATE_CASE, ORDINARY),
        (Role.SUPERVISOR, Act.ANNOTATE_CASE, SEALED),
        (Role.SUPERVISOR, Act.EXPORT, ORDINARY),
        (Role.SUPERVISOR, Act.ASSIGN_CASE, ORDINARY),
        (Role.SUPERVISOR, Act.ASSIGN_CASE, SEALED),
        (Role.SUPERVISOR, Act.DECIDE_IN_BULK, ORDINARY),
        (Role.SUPERVISOR, Act.UNMASK, ORDINARY),
        (Role.SUPERVISOR, Act.UNMASK, SEALED),
        (Role.SUPERVISOR, Act.BREAK_GLASS, ORDINARY),
        (Role.SUPERVISOR, Act.APPROVE_BREAK_GLASS, ORDINARY),
        (Role.SUPERVISOR, Act.PRINT_SHEETS, ORDINARY),
        (Role.SUPERVISOR, Act.READ_NIGHT, ORDINARY),
        (Role.CHILD_PROTECTION, Act.READ_FINDING, PROTECTION),
        (Role.CHILD_PROTECTION, Act.DECIDE_CASE, PROTECTION),
        (Role.CHILD_PROTECTION, Act.ANNOTATE_CASE, PROTECTION),
        (Role.CHILD_PROTECTION, Act.UNMASK, PROTECTION),
        (Role.SYSTEM_ADMINISTRATOR, Act.RUN_NIGHT, ORDINARY),
        (Role.SYSTEM_ADMINISTRATOR, Act.PAUSE_SOURCE, ORDINARY),
        (Role.SYSTEM_ADMINISTRATOR, Act.READ_NIGHT, ORDINARY),
        (Role.SECURITY_ADMINISTRATOR, Act.MANAGE_KEYS, ORDINARY),
        (Role.SECURITY_ADMINISTRATOR, Act.MANAGE_ACCOUNTS, ORDINARY),
        (Role.AUDIT_ADMINISTRATOR, Act.READ_NIGHT, ORDINARY),
        (Role.AUDIT_ADMINISTRATOR, Act.READ_AUDIT, ORDINARY),
        (Role.CLIENT, Act.READ_FINDING, ORDINARY),
        (Role.CLIENT, Act.ANNOTATE_CASE, ORDINARY),
        (Role.CLIENT, Act.EXPORT, ORDINARY),
    }
)
"""(role, act, access scope) that are allowed."""

ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)

SCOPES: dict[Role, frozenset[AccessScope]] = {
    role: frozenset(scope for r, act, scope in PERMISSIONS if r is role and act is Act.READ_FINDING)
    for role in Role
}
"""The access scopes whose findings a role sees at all."""


def may(roles: Iterable[Role], act: Act, access: AccessScope = ORDINARY) -> bool:
    """Whether one of the roles allows the act on things of that access scope.

    Somebody with two of the three administrators' roles may do nothing until that is mended.
    """
    held = frozenset(roles)
    if len(held & ADMINISTRATORS) > 1:
        return False
    return any((role, act, access) in PERMISSIONS for role in held)
