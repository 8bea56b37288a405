"""Reading Enhetsregisteret's feeds of updates (*oppdateringer*): who has changed since an id or a time.

There are two: of units, as pages of a search, and of roles, as a list of CloudEvents. Both name the
organisation and give each update an id that only grows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from portal.organisations.registers.client import RegisterLied, RegisterUnavailable
from portal.organisations.registers.transport import BoundedTransport
from portal.settings import Registers

PAGE = 1000
"""Updates asked for at a time: the register gives up to 10 000, which is more than is read of an answer."""


class Update(BaseModel):
    """One update: its id in the feed, and whom it is about."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int = Field(alias="oppdateringsid", gt=0)
    number: str = Field(alias="organisasjonsnummer", min_length=9, max_length=9)


class _Updates(BaseModel):
    model_config = ConfigDict(extra="ignore")

    updates: list[Update] = Field(default_factory=list, alias="oppdaterteEnheter")


class _Answer(BaseModel):
    """A page. The real register leaves `_embedded` out when there is nothing new."""

    model_config = ConfigDict(extra="ignore")

    embedded: _Updates | None = Field(None, alias="_embedded")
    page: dict[str, Any]


class _Data(BaseModel):
    model_config = ConfigDict(extra="ignore")

    number: str = Field(alias="organisasjonsnummer", min_length=9, max_length=9)


class _CloudEvent(BaseModel):
    """One event of the role feed; its id is a number written as text."""

    model_config = ConfigDict(extra="ignore")

    id: int = Field(gt=0)
    data: _Data


_EVENTS = TypeAdapter(list[_CloudEvent])


def _units(content: bytes) -> list[Update]:
    answer = _Answer.model_validate_json(content)
    return answer.embedded.updates if answer.embedded else []


def _roles(content: bytes) -> list[Update]:
    events = _EVENTS.validate_json(content)
    return [Update(oppdateringsid=one.id, organisasjonsnummer=one.data.number) for one in events]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed: its path, the parameter that goes on after an id and the one that begins at a time."""

    name: str
    path: Callable[[Registers], str]
    after_id: Callable[[int], dict[str, str]]
    since: str
    read: Callable[[bytes], list[Update]]


UNITS = Feed(
    "enheter",
    lambda registers: registers.unit_updates,
    lambda last_id: {"oppdateringsid": str(last_id + 1)},
    "dato",
    _units,
)
ROLES = Feed(
    "roller",
    lambda registers: registers.role_updates,
    lambda last_id: {"afterId": str(last_id)},
    "afterTime",
    _roles,
)
FEEDS = (UNITS, ROLES)


def updates_after(last_id: int, *, registers: Registers, feed: Feed = UNITS) -> Sequence[Update]:
    """At most `PAGE` updates with ids above `last_id`, oldest first.

    Raises `RegisterUnavailable` and `RegisterLied`, nothing else.
    """
    return _ask(feed, {**feed.after_id(last_id), "size": str(PAGE)}, last_id, registers)


def first_update_since(moment: datetime, *, registers: Registers, feed: Feed = UNITS) -> int | None:
    """The id of the first update since a moment (aware), to begin at; None when there is none yet."""
    written = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = _ask(feed, {feed.since: written, "size": "1"}, 0, registers)
    return found[0].id if found else None


def _ask(feed: Feed, asked: dict[str, str], last_id: int, registers: Registers) -> Sequence[Update]:
    transport = BoundedTransport(registers.timeout_seconds)
    headers = {"accept-encoding": "identity", "user-agent": "samvirkeportalen"}
    address = f"{registers.enhetsregisteret}{feed.path(registers)}"
    with closing(httpx2.Client(transport=transport, timeout=registers.timeout_seconds)) as client:
        try:
            response = client.get(address, params=asked, headers=headers)
            if response.status_code != httpx2.codes.OK:
                raise RegisterUnavailable(f"the feed answered {response.status_code}")
            found = feed.read(response.content)
        except ValidationError as error:
            raise RegisterLied(f"{error.error_count()} fields are not as agreed") from None
        except httpx2.DecodingError as error:
            raise RegisterLied(str(error)) from None
        except httpx2.HTTPError as error:
            raise RegisterUnavailable(type(error).__name__) from None
    ids = [update.id for update in found]
    if ids != sorted(set(ids)) or (ids and ids[0] <= last_id):
        raise RegisterLied("the feed is not in order")
    return found
