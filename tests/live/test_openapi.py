"""The description of the door is valid OpenAPI 3.1 and says what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openapi_spec_validator import OpenAPIV31SpecValidator

from heartline.live.openapi import description

if TYPE_CHECKING:
    from tests.live.conftest import Door


def test_it_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(description()).iter_errors()) == []


def test_every_address_is_there_and_asks_for_a_key(door: Door) -> None:
    served = door.client.get("/v1/openapi.json").json()
    assert served == description()
    for path, operations in served["paths"].items():
        if "post" in operations:
            assert door.client.post(path).status_code == 401, path
            assert "401" in operations["post"]["responses"]
    assert {"/v1/batch", "/v1/track", "/v1/cloudevents", "/v1/tables/interaction"} <= set(served["paths"])
    assert "/v1/tables/verbatim" not in served["paths"]
