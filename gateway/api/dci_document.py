"""The OpenAPI document of the DCI interface as it stands here (docs/api/dci.openapi.json): the published
messages (spdci/standards), narrowed to what is answered. What conforms to it conforms to them."""

from typing import Any

from gateway.dci import Words

Json = dict[str, Any]
_TIME: Json = {"type": "string", "format": "date-time"}
_REFERENCE: Json = {"type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$"}
_TRANSACTION: Json = {"type": "string", "maxLength": 99}
_VALUE: Json = {"type": "string", "minLength": 1, "maxLength": 64}
_ERROR: Json = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}
_ERRORS: Json = {
    "type": "array",
    "items": _ERROR,
}
_REFUSED: Json = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": _ERRORS, "header": {"type": "object"}},
}
_ANSWER: Json = {
    "type": "object",
    "required": ["signature", "header"],
    "properties": {
        "signature": {"type": "string"},
        "header": {
            "type": "object",
            "required": ["message_id", "message_ts", "action", "status"],
            "properties": {"status": {"enum": ["succ", "rjct"]}, "message_ts": _TIME},
        },
        "message": {"type": "object"},
    },
}
_TAKEN: Json = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {
            "type": "object",
            "required": ["ack_status", "timestamp", "correlation_id"],
            "properties": {"ack_status": {"enum": ["ACK", "NACK"]}, "error": _ERROR},
        }
    },
}
SYNC = {
    "/registry/sync/search": "search", "/registry/sync/enrolled": "search",
    "/registry/sync/txn/status": "txn-status",
}  # fmt: skip
"""Paths that answer at once, with the `action` of their header."""
LATER = {
    "/registry/search": "search", "/registry/subscribe": "subscribe",
    "/registry/unsubscribe": "unsubscribe", "/registry/txn/status": "txn-status",
}  # fmt: skip
"""Paths whose answer follows."""


def dci_document(prefix: str, words: Words, version: str) -> Json:
    """The document, OpenAPI 3.1, in the words of one mapping file."""
    messages = _messages(words)
    paths = {
        f"{prefix}{path}": {"post": _post(path, action, messages[path], later=later)}
        for later, some in ((False, SYNC), (True, LATER))
        for path, action in some.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "child-welfare-gateway, DCI registry interface", "version": version},
        "paths": paths,
        "components": {
            "schemas": {"Refused": _REFUSED, "Answer": _ANSWER, "Taken": _TAKEN},
            "securitySchemes": {"client": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post(path: str, action: str, message: Json, *, later: bool) -> Json:
    refused = {
        "description": "Refused.",
        "content": _json({"$ref": "#/components/schemas/Refused"}),
    }
    kind = "Taken" if later else "Answer"
    said = "Kept; its answer follows." if later else "Answered, or refused in the header."
    return {
        "operationId": path.removeprefix("/registry/").replace("/", "-"),
        "tags": ["dci"],
        "description": "A message that its sender signed (docs/api/dci.md).",
        "security": [{"client": []}],
        "requestBody": {"required": True, "content": _json(_envelope(action, message))},
        "responses": {
            "200": {
                "description": said,
                "content": _json({"$ref": f"#/components/schemas/{kind}"}),
            },
            **{str(status): refused for status in (400, 401, 403, 429, 503)},
        },
    }


def _envelope(action: str, message: Json) -> Json:
    header = {
        "type": "object",
        "required": ["message_id", "message_ts", "action", "sender_id", "total_count"],
        "properties": {
            "version": {"const": "1.0.0"},
            "message_id": {"type": "string", "minLength": 1, "maxLength": 99},
            "message_ts": _TIME,
            "action": {"const": action},
            "sender_id": {"type": "string"},
            "sender_uri": {"type": "string", "format": "uri"},
            "receiver_id": {"type": "string"},
            "total_count": {"type": "integer"},
            "is_msg_encrypted": {"type": "boolean"},
        },
    }
    return _object({"signature": {"type": "string"}, "header": header, "message": message})


def _messages(words: Words) -> dict[str, Json]:
    search = _listed("search_request", _request("search_criteria", _criteria(words)))
    enrolled = _object({"transaction_id": _TRANSACTION, "enrolled_criteria": _criteria(words)})
    subscribe = _listed("subscribe_request", _request("subscribe_criteria", _events(words)))
    codes = {"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}}
    unsubscribe = _object({"transaction_id": _TRANSACTION, "subscription_codes": codes})
    asked = {
        "txn_type": {"enum": ["search", "subscribe", "unsubscribe"]},
        "attribute_type": {
            "enum": ["transaction_id", "reference_id_list", "correlation_id", "subscription_code_list"]
        },
        "attribute_value": {
            "anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1, "maxItems": 20}]
        },
    }  # fmt: skip
    status = _object({"transaction_id": _TRANSACTION, "txnstatus_request": _object(asked)})
    return {
        "/registry/sync/search": search, "/registry/search": search,
        "/registry/sync/enrolled": enrolled, "/registry/subscribe": subscribe,
        "/registry/unsubscribe": unsubscribe, "/registry/sync/txn/status": status,
        "/registry/txn/status": status,
    }  # fmt: skip


def _criteria(words: Words) -> Json:
    names = list(words.attributes)
    predicate = _object({
        "attribute_name": {"enum": [*names, *words.identifier_types]},
        "operator": {"enum": ["eq", "in"]}, "attribute_value": {"type": "string", "minLength": 1},
    })  # fmt: skip
    step = _object({"expression1": predicate}) | {"additionalProperties": False}
    step["properties"] |= {"expression2": predicate, "condition": {"const": "and"}}
    equal, among = _object({"$eq": _VALUE}), {"type": "array", "items": _VALUE, "minItems": 1}
    one = {"type": "object", "properties": dict.fromkeys(names, equal), "minProperties": 1}
    listed = [_object({kind: _object({"$in": among})}) for kind in words.identifier_types]
    query = {"anyOf": [*listed, _object({"$and": {"type": "array", "items": one, "maxItems": 4}})]}
    template = {
        "type": {"enum": list(words.expressions)},
        "value": _object({"expression": _object({"query": query})}),
    }
    kinds = {
        "idtype-value": _object({"type": {"enum": list(words.identifier_types)}, "value": _VALUE}),
        "predicate": {"type": "array", "items": step, "minItems": 1, "maxItems": 4},
        "expression": _object(template),
    }
    page = {"type": "integer", "minimum": 1, "maximum": 1000}
    more = {
        "reg_type": {"enum": list(words.reg_types)},
        "pagination": _object({"page_size": page}) | {"properties": {"page_size": page, "page_number": page}},
    }  # fmt: skip
    return {
        "anyOf": [
            _with(_object({"query_type": {"const": kind}, "query": q, "authorize": _purpose(words)}), more)
            for kind, q in kinds.items()
        ]
    }  # fmt: skip


def _events(words: Words) -> Json:
    predicate = _object({
        "attribute_name": {"enum": list(words.event_filters)}, "operator": {"enum": ["eq", "in"]},
        "attribute_value": {"type": "string"},
    })  # fmt: skip
    steps = {"type": "array", "maxItems": 4, "items": _object({"expression1": predicate})}
    return _object({
        "reg_event_type": {"enum": list(words.event_types)},
        "notify_record_type": {"const": words.event_record_type},
        "filter_type": {"const": "predicate"}, "filter": steps, "authorize": _purpose(words),
    })  # fmt: skip


def _purpose(words: Words) -> Json:
    code = {"enum": list(words.purposes)}
    return _with(
        _object({"purpose": _with(_object({"code": code}), {"text": _TRANSACTION})}), {"ts": _TIME}
    )


def _request(name: str, criteria: Json) -> Json:
    return _object({"reference_id": _REFERENCE, "timestamp": _TIME, name: criteria})


def _listed(name: str, item: Json) -> Json:
    some = {"type": "array", "minItems": 1, "maxItems": 20, "items": item}
    return _object({"transaction_id": _TRANSACTION, name: some})


def _object(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _with(made: Json, more: Json) -> Json:
    return made | {"properties": made["properties"] | more}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
