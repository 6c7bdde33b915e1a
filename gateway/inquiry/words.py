"""What a finding says, from the rule version that made it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from gateway.inquiry.ports import Row
from gateway.inquiry.values import Sought, Words
from gateway.model.errors import SpecError
from gateway.model.outcomes import AccessScope, AnswerStrength, Outcome
from gateway.policy.rule import Rule
from gateway.policy.rule_file import Roll, Universe
from gateway.policy.rulebook import load_rulebook
from gateway.policy.texts import SHARED_EXCUSE, first_action, reason_text, sentence
from gateway.specs import Text

ROLL_NAMES: dict[Roll, Text] = {
    Roll.ENROLMENT: Text(zh="学籍", en="enrolment"),
    Roll.COVERAGE: Text(zh="参保", en="coverage"),
    Roll.REGISTRY: Text(zh="儿童福利登记", en="registry"),
    Roll.ASSISTANCE: Text(zh="社会救助", en="assistance"),
    Roll.CONTRIBUTION: Text(zh="参保缴费", en="contributions"),
    Roll.DISABILITY: Text(zh="残疾人证", en="disability cards"),
    Roll.GUARDIAN: Text(zh="监护人", en="guardians"),
    Roll.AID: Text(zh="救助与补贴发放", en="payments of aid"),
    Roll.ATTENDANCE: Text(zh="疑似辍学月报", en="attendance reports"),
    Roll.DEATH: Text(zh="死亡信息", en="deaths"),
    Roll.INSURED_IDENTITY: Text(zh="医疗救助身份", en="help identities at the insurer"),
    Roll.REHABILITATION: Text(zh="康复记录", en="rehabilitation"),
    Roll.VISIT: Text(zh="走访与复核", en="visits and reviews"),
}

SOURCE_NAMES: dict[str, Text] = {
    "education": Text(zh="教育部门", en="education bureau"),
    "medical_insurance": Text(zh="医疗保障部门", en="medical insurance bureau"),
    "national_welfare_system": Text(zh="民政业务系统", en="civil affairs system"),
}
"""A site may have more sources: one without a name here is shown by its own."""


class RuleBook:
    """The rules whose words are at hand, by id and version: of the files, and of the rulebook that a
    night was judged by (`of_run` gives it) where the files have gone on."""

    def __init__(self, rules: Iterable[Rule], of_run: Callable[[int], bytes | None]) -> None:
        self._rules = {(rule.id, rule.file.version): rule for rule in rules}
        self._newest = {rule.id: rule for rule in self._rules.values()}
        self._of_run = of_run
        self._past: dict[tuple[str, int], Rule] = {}
        self._asked: set[int] = set()

    def rule(self, rule_id: str, version: int, run_id: int) -> Rule | None:
        """That version of a rule: as it stands, or as it stood on the night of the finding."""
        name = (rule_id, version)
        found = self._rules.get(name) or self._past.get(name)
        if found is None and run_id not in self._asked:
            self._asked.add(run_id)
            for rule in self._judged_by(run_id):
                self._past.setdefault((rule.id, rule.file.version), rule)
            found = self._past.get(name)
        return found

    def _judged_by(self, run_id: int) -> tuple[Rule, ...]:
        body = self._of_run(run_id)
        try:
            return load_rulebook(body, f"run {run_id}").rules if body else ()
        except SpecError:
            # Another version's form: what the rule is about is still told, in today's words.
            return ()

    def titles(self, access: Collection[AccessScope]) -> dict[str, Text]:
        """Titles by id of the rules whose findings may be seen with that access, in their order."""
        rules = sorted(self._newest.values(), key=lambda rule: rule.id)
        return {rule.id: rule.file.title for rule in rules if rule.file.access in access}

    def words(self, row: Row) -> Words:
        """The words of one finding: of its own version, else of the rule's present one, which is said."""
        rule = self.rule(row.rule, row.rule_version, row.run_id)
        if rule is not None:
            return _words(rule, row)
        newest = self._newest.get(row.rule)
        if newest is None:
            return _without_rule(row)
        return _of_another_version(newest, row)


def _words(rule: Rule, row: Row) -> Words:
    local = row.answer == AnswerStrength.NOT_FOUND_LOCALLY
    excuses = rule.file.excuses
    shared = () if rule.file.universe is Universe.SOURCE else (_SHARED,)
    return Words(
        # A title and a reason say what the rule looks for; a local answer does not know that much.
        heading=_not_found_locally(rule) if local else rule.file.title,
        reason=_not_found_locally(rule) if local else _reason(rule, row.reason),
        sentence=Text(
            zh=sentence(rule, _outcome(row, "zh"), "zh"),
            en=sentence(rule, _outcome(row, "en"), "en"),
        ),
        first_action=Text(
            zh=first_action(rule, row.answer, "zh"), en=first_action(rule, row.answer, "en")
        ),
        excuses_sought=(*(Sought(e.code, e.text) for e in rule.excuses_sought), *shared),
        to_ask=tuple(Sought(e.code, e.text) for e in excuses if e.sought_by == "officer"),
        citations=rule.file.citations,
    )


def _of_another_version(rule: Rule, row: Row) -> Words:
    # What was looked for and cited then may differ: only what the rule is about is said in today's words.
    local = row.answer == AnswerStrength.NOT_FOUND_LOCALLY
    heading = _not_found_locally(rule) if local else rule.file.title
    unknown = _without_rule(row)
    action = Text(zh=first_action(rule, row.answer, "zh"), en=first_action(rule, row.answer, "en"))
    told = replace(unknown, heading=heading, reason=heading, first_action=action)
    if row.reason not in rule.file.reasons.fires:
        return told
    now, then = rule.file.version, row.rule_version
    own = _words(rule, row)
    return replace(
        told,
        reason=own.reason,
        sentence=Text(
            zh=f"{own.sentence.zh}（本线索由规则第{then}版得出，以上为现行第{now}版的文字。）",
            en=f"{own.sentence.en} (Found by version {then} of the rule, told in the words of {now}.)",
        ),
    )


_SHARED = Sought("death_reported", SHARED_EXCUSE)


def _not_found_locally(rule: Rule) -> Text:
    rolls = [ROLL_NAMES[need.roll] for need in rule.file.needs if need.reads_absence]
    return Text(
        zh=f"本县未找到：{'、'.join(name.zh for name in rolls)}",
        en=f"Not found locally: {', '.join(name.en for name in rolls)}",
    )


def _outcome(row: Row, lang: str) -> Mapping[str, object]:
    source, roll = row.source or "", row.roll or ""
    rolls = {name.value: text for name, text in ROLL_NAMES.items()}
    return {
        "kind": Outcome.FIRES.value,
        "reason": row.reason,
        "episode": row.episode,
        "answer": row.answer,
        "source": _named(SOURCE_NAMES, source).of(lang),
        "scope": row.scope,
        "evidence_roll": _named(rolls, roll).of(lang),
    }


def _named(names: Mapping[str, Text], code: str) -> Text:
    return names.get(code) or Text(zh=code or "–", en=code or "–")


def _reason(rule: Rule, code: str) -> Text:
    return Text(
        zh=reason_text(rule, Outcome.FIRES, code, "zh"),
        en=reason_text(rule, Outcome.FIRES, code, "en"),
    )


def _without_rule(row: Row) -> Words:
    # A finding outlives its rule's file: it is still shown, and says that its words are elsewhere.
    name = f"{row.rule} v{row.rule_version}"
    text = Text(
        zh=f"规则 {name} 的文字不在本系统当前版本中，请查阅当时的规则文件。",
        en=f"The words of rule {name} are not in this version; see the rule file of that time.",
    )
    heading = Text(zh=name, en=name)
    return Words(heading, Text(zh=row.reason, en=row.reason), text, text, (), (), ())
