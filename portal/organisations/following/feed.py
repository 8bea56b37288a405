"""Reading Enhetsregisteret's feed of updates (*oppdateringer*): what has changed since an id or a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.organisations.registers.client import RegisterLied, RegisterUnavailable
from portal.organisations.registers.transport import BoundedTransport
from portal.settings import Registers

PAGE = 1000
"""Updates asked for at a time: the register gives up to 10 000, which is more than is read of an answer."""


class Update(BaseModel):
    """One update: its id in the feed, whom it is about, and what kind of change it is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int = Field(alias="oppdateringsid", gt=0)
    number: str = Field(alias="organisasjonsnummer", min_length=9, max_length=9)
    kind: str = Field("", alias="endringstype")


class _Updates(BaseModel):
    model_config = ConfigDict(extra="ignore")

    updates: list[Update] = Field(default_factory=list, alias="oppdaterteEnheter")


class _Answer(BaseModel):
    """A page. The real register leaves `_embedded` out when there is nothing new."""

    model_config = ConfigDict(extra="ignore")

    embedded: _Updates | None = Field(None, alias="_embedded")
    page: dict[str, Any]


def updates_after(last_id: int, *, registers: Registers) -> Sequence[Update]:
    """At most `PAGE` updates with ids above `last_id`, oldest first.

    Raises `RegisterUnavailable` and `RegisterLied`, nothing else.
    """
    return _ask({"oppdateringsid": str(last_id + 1), "size": str(PAGE)}, last_id, registers)


def first_update_since(moment: datetime, *, registers: Registers) -> int | None:
    """The id of the first update since a moment (aware), to begin at; None when there is none yet."""
    found = _ask(
        {"dato": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "size": "1"}, 0, registers
    )
    return found[0].id if found else None


def _ask(asked: dict[str, str], last_id: int, registers: Registers) -> Sequence[Update]:
    transport = BoundedTransport(registers.timeout_seconds)
    headers = {"accept-encoding": "identity", "user-agent": "samvirkeportalen"}
    address = f"{registers.enhetsregisteret}/oppdateringer/enheter"
    with closing(httpx2.Client(transport=transport, timeout=registers.timeout_seconds)) as client:
        try:
            response = client.get(address, params=asked, headers=headers)
            if response.status_code != httpx2.codes.OK:
                raise RegisterUnavailable(f"the feed answered {response.status_code}")
            answer = _Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise RegisterLied(f"{error.error_count()} fields are not as agreed") from None
        except httpx2.DecodingError as error:
            raise RegisterLied(str(error)) from None
        except httpx2.HTTPError as error:
            raise RegisterUnavailable(type(error).__name__) from None
    found = answer.embedded.updates if answer.embedded else []
    ids = [update.id for update in found]
    if ids != sorted(set(ids)) or (ids and ids[0] <= last_id):
        raise RegisterLied("the feed is not in order")
    return found
