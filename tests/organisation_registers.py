"""The local registers in front of a test's portal: well, or ill in a way the test chooses."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from flask import Flask

from portal.settings import Registers, Settings
from tests.stubs import registers
from tests.stubs.registers.faults import FAULTS

ILLNESSES = (*sorted(set(FAULTS) - {"404", "410", "slow"}), "slow:5000", "refused")
TIMEOUT_SECONDS = 0.4


@dataclass(frozen=True)
class Known:
    """An organisation of the local registers, and the region it belongs to."""

    number: str
    name: str
    municipality: str
    region: str


LOCAL = Known("314758625", "Fjordglimt barnelag", "3909", "sor")
NATIONAL = Known("311116444", "Redd Barna", "0301", "")
DELETED = "311221930"
BANKRUPT = "311224670"
PUBLIC = "311210971"
NOT_VOLUNTARY = "311193163"
GONE = "311230158"
UNKNOWN = "974760673"


class Register:
    """Running registers that one app asks instead of the real ones."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __enter__(self) -> Self:
        self.handle = registers.start()
        self._use(self.handle.enhetsregisteret, self.handle.frivillighetsregisteret)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.handle.stop()

    def ill(self, illness: str) -> None:
        """One of `ILLNESSES`; `refused`: nobody listens there."""
        if illness == "refused":
            self._use("http://127.0.0.1:9", "http://127.0.0.1:9")
        else:
            self.handle.faults.set({"*": illness})

    def well(self) -> None:
        """Answer again."""
        self.handle.faults.reset()
        self._use(self.handle.enhetsregisteret, self.handle.frivillighetsregisteret)

    def _use(self, enhetsregisteret: str, frivillighetsregisteret: str) -> None:
        settings: Settings = self.app.extensions["settings"]
        addresses = Registers(
            enhetsregisteret=enhetsregisteret,
            frivillighetsregisteret=frivillighetsregisteret,
            timeout_seconds=TIMEOUT_SECONDS,
        )
        self.app.extensions["settings"] = settings.model_copy(update={"registers": addresses})
