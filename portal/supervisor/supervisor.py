"""The loop that starts services, brings back those that die, and stops them in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import FrameType, TracebackType

from portal.supervisor import guard
from portal.supervisor.failure import StartError
from portal.supervisor.services import Command, Service
from portal.supervisor.spawn import kill_group

FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0
HEALTHY_AFTER = 10.0  # seconds alive before a death counts as the first again
TRIES_BEFORE_READY = 4


class Stopped(Exception):
    """Somebody asked the supervisor to end."""


@dataclass
class Child:
    """A service and its process now; `due` is when to start it again, on the monotonic clock."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY
    deaths: int = 0
    answered: bool = False


class Supervisor:
    """Runs services until told to end; a context manager whose exit is the ordered stop.

    `changed` is told the process numbers by name after every start. `keep_open` are file
    descriptors that the guard holds until everything has ended, such as a lock.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        changed: Callable[[Mapping[str, int]], None] = lambda _numbers: None,
        keep_open: Iterable[int] = (),
    ) -> None:
        self._say, self._changed, self._keep_open = say, changed, tuple(keep_open)
        self._children: list[Child] = []
        self._asked = 0

    def __enter__(self) -> Supervisor:
        self._wake, self._waker = os.pipe()
        for end in (self._wake, self._waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # wakes the loop
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=self._keep_open,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if kind is not None and not issubclass(kind, Stopped | StartError):
            self._say("The supervisor failed; ending every process.")
        self._stop_all()
        if self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.close()
        self._guard.wait()
        signal.set_wakeup_fd(-1)
        return kind is not None and issubclass(kind, Stopped)

    def start(self, services: Iterable[Service]) -> None:
        """Start services and keep them running from now on."""
        for service in services:
            child = Child(service)
            self._children.append(child)
            self._launch(child)

    def wait_ready(self, timeout: float) -> None:
        """Wait until every service has answered, in seconds. Raises `StartError` naming who does not."""
        began = time.monotonic()
        while waiting := [child for child in self._children if not self._has_answered(child)]:
            for child in waiting:
                if child.deaths >= TRIES_BEFORE_READY:
                    raise StartError(f"{child.service.name} does not start: {child.service.last_words()}.")
            waited = time.monotonic() - began
            if waited > timeout:
                raise StartError(f"{waiting[0].service.name} did not answer within {timeout:.0f} seconds.")
            self._turn(min(0.05 + waited / 10, 1.0))  # rarer with time: each asking may log a failure

    def once(self, command: Command) -> None:
        """Run a command to its end. Raises `StartError` when it fails."""
        process = command.launch()
        self._tell_guard(f"+{process.pid} {command.stage}")
        try:
            while process.poll() is None:
                self._turn(1.0)
        finally:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(command.stop_seconds)
            self._forget(process)
        if process.returncode != 0:
            raise StartError(
                f"{command.name} failed (exit code {process.returncode}): {command.last_words()}."
            )

    def watch(self) -> None:
        """Keep everything running until somebody asks to end. Raises `Stopped` then."""
        while True:
            self._turn(60.0)

    def _turn(self, longest: float) -> None:
        """See who died, start who is due, and sleep until something happens."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            if child.process is None and child.due <= now and not self._asked:
                self._launch(child)
        waits = [child.due - now for child in self._children if child.process is None]
        self._sleep(max(0.0, min([longest, *waits])))
        if self._asked:
            raise Stopped

    def _launch(self, child: Child) -> None:
        child.process = child.service.launch()
        child.started = time.monotonic()
        self._tell_guard(f"+{child.process.pid} {child.service.stage}")
        self._changed({each.service.name: each.process.pid for each in self._children if each.process})

    def _bury(self, child: Child, now: float) -> None:
        process = child.process
        if process is None:
            return
        self._forget(process)
        if now - child.started >= HEALTHY_AFTER:
            child.delay = FIRST_DELAY
        child.process, child.due = None, now + child.delay
        child.deaths += 1
        self._say(
            f"{child.service.name} {_ending(process.returncode)}; starting again in {child.delay:.1f} s."
        )
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    def _has_answered(self, child: Child) -> bool:
        if not child.answered and child.process is not None and child.process.poll() is None:
            child.answered = child.service.ready()
        return child.answered

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what the ended process left in its group, so nothing holds its port or its work."""
        kill_group(process.pid)
        process.wait()
        self._tell_guard(f"-{process.pid}")

    def _stop_all(self) -> None:
        for stage in sorted({child.service.stage for child in self._children}, reverse=True):
            running = [
                (each.service, process) for each in self._children if (process := _running(each, stage))
            ]
            for service, process in running:
                process.send_signal(service.stop_signal)
            for service, process in running:
                self._await_end(service, process)
        self._children.clear()

    def _await_end(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + service.stop_seconds
        asked = self._asked
        while process.poll() is None:
            if time.monotonic() > deadline or (self._asked > asked and service.stage > 0):
                self._say(f"{service.name} does not end; killing it.")
                break
            self._sleep(0.1)
        self._forget(process)

    def _sleep(self, seconds: float) -> None:
        """Sleep, but wake at a signal: of a death, or of somebody asking."""
        if select.select([self._wake], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def _tell_guard(self, line: str) -> None:
        if self._guard.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1


def _running(child: Child, stage: int) -> subprocess.Popen[bytes] | None:
    if child.service.stage != stage:
        return None
    return child.process


def _ending(code: int) -> str:
    return f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended (exit code {code})"
