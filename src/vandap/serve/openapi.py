"""The description of the interface that `GET /openapi.json` gives."""

from __future__ import annotations

from typing import Any

from vandap import __version__
from vandap.serve.bodies import BINARY, JSON

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_HIT = {
    "type": "object",
    "required": ["id", "score"],
    "properties": {"id": {"oneOf": [{"type": "integer"}, {"type": "string"}]}, "score": {"type": "number"}},
}
_FOUND = {
    "type": "object",
    "required": ["results", "ms"],
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["hits"],
                "properties": {"hits": {"type": "array", "items": _HIT}},
            },
        },
        "ms": {"type": "object", "additionalProperties": {"type": "number"}},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                name: {"type": "string"} for name in ("type", "message", "received", "expected", "hint")
            },
        }
    },
}  # fmt: skip
_ASKED: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "vector": {**_NUMBERS, "description": "one query"},
        "vectors": {"type": "array", "items": _NUMBERS, "description": "several queries"},
        "where": {"type": "string", "description": "a filter, such as age >= 30 and city in ('Hue', 'Vinh')"},
    },
}
_ERRORS = {
    "400": "the request cannot be used",
    "401": "no token, or a wrong one",
    "403": "a request from a page of another site",
    "408": "the request came too slowly",
    "413": "the request is too large",
    "415": "a body of another type",
    "500": "the server failed, or the index is damaged",
    "503": "too many requests under way",
}


def description(columns: int, most: int, *, token: bool) -> dict[str, Any]:
    """OpenAPI 3.1.

    Args:
        columns: Numbers in a vector.
        most: Neighbours that a query may ask for.
        token: Whether a bearer token is asked for.
    """
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "vandap index", "version": __version__},
        "paths": {
            "/search": {"post": _search(columns, most)},
            "/health": {"get": _get("whether the index can be searched", JSON)},
            "/metrics": {"get": _get("counters in Prometheus's text format", "text/plain")},
            "/openapi.json": {"get": _get("this document", JSON)},
        },
    }
    if token:
        document["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
        document["security"] = [{"token": []}]
    return document


def _get(summary: str, kind: str) -> dict[str, Any]:
    found = {"description": summary, "content": {kind: {}}}
    return {"summary": summary, "responses": {"200": found, **_errors("401", "403", "500")}}


def _errors(*codes: str) -> dict[str, Any]:
    return {code: {"description": _ERRORS[code], "content": {JSON: {"schema": _ERROR}}} for code in codes}


def _search(columns: int, most: int) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    k = {"type": "integer", "minimum": 1, "maximum": most}
    asked = {**_ASKED, "properties": {**_ASKED["properties"], "k": k}}
    parameters = [
        {"name": name, "in": "query", "schema": schema, "description": f"{name}, with a binary body"}
        for name, schema in (("k", k), ("where", {"type": "string"}))
    ]
    found = {"description": "the nearest vectors", "content": {JSON: {"schema": _FOUND}, BINARY: binary}}
    return {
        "summary": "the nearest vectors of the index to each query",
        "description": f"A vector has {columns} numbers. A binary body is little-endian float32, one vector after "
        "another. A binary answer is all ids as little-endian int64, k a query, then all cosines as float32; -1 and "
        "-inf where fewer were found.",
        "parameters": parameters,
        "requestBody": {"required": True, "content": {JSON: {"schema": asked}, BINARY: binary}},
        "responses": {"200": found, **_errors(*_ERRORS)},
    }
