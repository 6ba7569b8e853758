"""What OpenAPI says beyond what the operations say themselves: bodies of the ledgers' own shape,
the refusals every operation may answer with, the header that makes sending again safe."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from linli.api.shapes import ActIn, ExportIn, FindPersonIn, ProblemOut, RecordIn, RevealIn
from linli.api.thing_shapes import AddIn, ThingActIn
from linli.ledger.acts.cleaning import asked, field_asked
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Action, Field
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.exports import tables
from linli.ledger.files import media

JSON: Final = "application/json"
REFUSALS: Final = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
_OF_READING: Final = (401, 403, 404, 405, 422, 429)

# Marks an operation whose body is described here; see `_BODIES`.
DECLARED: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {JSON: {}}}}
_BODIES: Final[Mapping[str, type[BaseModel]]] = {
    "/entries/{id}/actions/{action}": ActIn,
    "/entries/{id}/reveal": RevealIn,
    "/find-person": FindPersonIn,
    "/things/{code}/{id}/actions/{action}": ThingActIn,
    "/ledgers/{ledger}/exports": ExportIn,
}
_RECORD: Final = "/ledgers/{ledger}/entries"
_ADD: Final = "/things/{code}"
_CONTENT: Final = "/files/{file}"
_EXPORT: Final = "/exports/{id}/file"
_FORMS: Final = (*tables.FORMS.values(), tables.ARCHIVE)


def answers(status: int, shape: Any, other: Mapping[int, Any] | None = None) -> dict[int, Any]:
    """The answers of an operation: the good one, and problems."""
    return {status: shape, **dict.fromkeys(REFUSALS, ProblemOut), **(other or {})}


def data_schema(ledger: Register, action: Action) -> dict[str, Any]:
    """JSON Schema of an action's `data`."""
    properties, required = {}, []
    for ask in asked(ledger, action):
        field = field_asked(ledger, action, ask.name)
        properties[ask.name] = {
            **field.kind.schema(field), "title": str(field.title), "x-kind": field.kind.code,
        }  # fmt: skip
        if field.categories:
            properties[ask.name]["enum"] = [node.code for node in field.categories.walk()]
        if field.calculate is not None:
            properties[ask.name]["readOnly"] = True
        wanted = (ask.required or field.required) and field.always_asked
        if action.name not in ("correct", "change") and wanted:
            required.append(ask.name)
    schema: dict[str, Any] = {
        "type": "object", "properties": properties, "additionalProperties": False,
    }  # fmt: skip
    return {**schema, "required": required} if required else schema


class Api(NinjaAPI):
    """Ninja's API whose description knows the ledgers."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        prefix = self.get_root_path(path_params or {}).rstrip("/")
        shapes = schema["components"]["schemas"]
        for path in list(schema["paths"]):
            short = path.removeprefix(prefix).replace("{uuid:", "{")
            operations = schema["paths"].pop(path)
            for method, operation in operations.items():
                _refusals(method, operation)
                if method == "post":
                    _sending(operation)
            if short == _CONTENT:
                _contents(operations["get"])
            if short == _EXPORT:
                _exported(operations["get"])
            if short in _BODIES:
                operations["post"]["requestBody"]["content"][JSON] = {
                    "schema": _shape(_BODIES[short], shapes)
                }
            if short == _RECORD:
                _per_register(schema, prefix, operations, shapes, registry.all_ledgers())
            elif short == _ADD:
                _per_register(schema, prefix, operations, shapes, registry.things())
            else:
                schema["paths"][prefix + short] = operations
        return schema


def _contents(operation: dict[str, Any]) -> None:
    """A file's content is no JSON; a part of it is 206, a part that is not there 416."""
    kinds = {one.code: {"schema": {"type": "string", "format": "binary"}} for one in media.ALL}
    operation["responses"] |= {
        "200": {"description": "The content.", "content": kinds},
        "206": {"description": "The part asked for by `Range`.", "content": kinds},
        "416": {"description": "There is no such part."},
    }


def _exported(operation: dict[str, Any]) -> None:
    kinds = {form.media: {"schema": {"type": "string", "format": "binary"}} for form in _FORMS}
    operation["responses"] |= {"200": {"description": "The file.", "content": kinds}}


def _refusals(method: str, operation: dict[str, Any]) -> None:
    """Problems have their own media type; reading refuses for fewer reasons than writing."""
    for status in list(operation["responses"]):
        if int(status) >= 400:
            if method == "get" and int(status) not in _OF_READING:
                del operation["responses"][status]
                continue
            content = operation["responses"][status]["content"]
            content["application/problem+json"] = content.pop(JSON)


def _sending(operation: dict[str, Any]) -> None:
    if operation["operationId"].endswith(("_record", "_act", "_add_thing", "_act_on_thing")):
        operation.setdefault("parameters", []).append(
            {
                "in": "header", "name": "Idempotency-Key", "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "The same key with the same body is done once.",
            }
        )  # fmt: skip


def _shape(model: type[BaseModel], shapes: dict[str, Any]) -> dict[str, Any]:
    """A reference to the model's schema, which is added to the components."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes.update(schema.pop("$defs", {}))
    shapes[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _per_register(
    schema: dict[str, Any],
    prefix: str,
    operations: dict[str, Any],
    shapes: dict[str, Any],
    registers: Iterable[Register],
) -> None:
    """One path per ledger or register of things, with the body and the filters that it takes."""
    for register in registers:
        of_things = isinstance(register, Thing)
        model, action = (AddIn, "add") if of_things else (RecordIn, "record")
        path, parameter = (_ADD, "code") if of_things else (_RECORD, "ledger")
        _shape(model, shapes)
        name = f"{action.title()}_{register.code}"
        shapes[name] = copy.deepcopy(shapes.pop(model.__name__))
        shapes[name]["title"] = name
        shapes[name]["properties"]["data"] = data_schema(register, register.all_actions[action])
        own = copy.deepcopy(operations)
        for operation in own.values():
            operation["operationId"] += f"_{register.code}"
            operation["summary"] = f"{operation['summary']}: {register.title}"
            operation["parameters"] = [
                one for one in operation.get("parameters", ()) if one["name"] != parameter
            ]
        if isinstance(register, Thing):
            own["get"]["parameters"] += [_filter(register.by_name[n]) for n in register.filters]
        own["post"]["requestBody"]["content"][JSON] = {
            "schema": {"$ref": f"#/components/schemas/{name}"}
        }
        schema["paths"][prefix + path.format(**{parameter: register.code})] = own


def _filter(field: Field) -> dict[str, Any]:
    """A field of a register as a parameter of its list."""
    return {
        "in": "query", "name": field.name, "required": False,
        "schema": {"type": "string", "title": str(field.title), "maxLength": 100, "default": ""},
    }  # fmt: skip
