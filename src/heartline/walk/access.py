"""What a test site that is not open to everybody asks for first; the values stand in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from heartline.walk.verbs import Secret, Words, secret

HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,59}$")]
CookieName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]


class Access(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """user, password: of the box that the browser itself brings up (basic authentication); headers, cookies: by name.

    Every value but the user is the name of a variable of the environment that holds it.
    """

    user: Words | None = None
    password: Secret | None = None
    headers: Annotated[dict[HeaderName, Secret], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=dict)
    cookies: Annotated[dict[CookieName, Secret], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=dict)

    def pass_for(self, environment: Mapping[str, str] | None = None) -> Pass:
        """The values themselves. WalkError where a variable is not set."""
        from_there = {name: secret(of, environment) for name, of in self.headers.items()}
        cookies = {name: secret(of, environment) for name, of in self.cookies.items()}
        user = (self.user, secret(self.password, environment)) if self.user and self.password else None
        return Pass(user, from_there, cookies)


@dataclass(frozen=True, repr=False)
class Pass:
    """What is shown at the door. user: name and password."""

    user: tuple[str, str] | None
    headers: dict[str, str]
    cookies: dict[str, str]
