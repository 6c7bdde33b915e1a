"""The OpenAPI document of the form profile (docs/api/form.openapi.json). What stands inside a form is the
first profile's, whose operation each of these names under `x-first-profile`."""

from typing import Any

from gateway.api.form_table import OPERATIONS, Operation

Json = dict[str, Any]
_HEX = "^([0-9a-f]{2})+$"
_FORM: Json = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "appId", "version", "timestamp", "encType", "signType", "encData", "signData", "extra",
    ],
    "properties": {
        "appId": {"type": "string", "minLength": 1, "maxLength": 64},
        "version": {"const": "2.0.1"},
        "timestamp": {"type": "string", "pattern": "^[0-9]{14}$"},
        "encType": {"const": "SM4"},
        "signType": {"const": "SM2"},
        "encData": {"type": "string", "pattern": _HEX},
        "signData": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
        "extra": {
            "type": "object",
            "additionalProperties": False,
            "required": ["encKey", "keyId"],
            "properties": {
                "encKey": {"type": "string", "pattern": _HEX},
                "keyId": {"type": "string", "minLength": 1, "maxLength": 128},
            },
        },
    },
}  # fmt: skip
_CODE: Json = {
    "code": {"type": "integer", "description": "0, or the HTTP status of the first profile"},
    "message": {"type": "string"},
}
_SCHEMAS: Json = {
    "Form": _FORM,
    "Answered": {
        **_FORM,
        "required": ["code", "message", *_FORM["required"]],
        "properties": {**_CODE, **_FORM["properties"]},
        "description": "`encData` holds `operation`, `nonce`, `status` and `output`.",
    },
    "Refused": {
        "type": "object",
        "additionalProperties": False,
        "required": ["code", "message"],
        "properties": {**_CODE, "code": {"enum": [400, 401, 429, 503]}},
        "description": "Nobody known, or no form: nothing is signed.",
    },
}


def form_document(prefix: str, version: str) -> Json:
    """The document, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "child-welfare-gateway, form profile", "version": version},
        "paths": {
            f"{prefix}/{name}": {"post": _post(name, one)} for name, one in OPERATIONS.items()
        },
        "components": {"schemas": _SCHEMAS},
    }


def _post(name: str, one: Operation) -> Json:
    first = f"{one.method} /api/v1{one.path}"
    answers = [{"$ref": f"#/components/schemas/{kind}"} for kind in ("Answered", "Refused")]
    return {
        "operationId": name,
        "tags": ["forms"],
        "description": f"`{first}` of the first profile: its input goes in, its answer comes out.",
        "x-first-profile": first,
        "requestBody": {"required": True, "content": _json({"$ref": "#/components/schemas/Form"})},
        "responses": {
            "200": {
                "description": "The answer or the refusal, by `code`.",
                "content": _json({"oneOf": answers}),
            }
        },
    }


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
