"""kill -9 of every kind of process, again and again under load: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.e2e import staff_storm, storm
from tests.e2e.crash_checks import Before, Check, chain_verdict, redone, settled
from tests.e2e.load import Browser, Load
from tests.e2e.running import wait_until
from tests.e2e.staff_checks import StaffCheck
from tests.e2e.staff_load import WHEN
from tests.e2e.storm import Portal
from tests.stubs import mail
from tests.stubs.mail import MailHandle

KILLS = 5
SECONDS_TO_SETTLE = 90.0
VICTIMS: dict[str, Callable[[Portal], int]] = {
    "web worker": storm.a_web_worker,
    "web server": storm.service("web"),
    "worker": storm.service("worker"),
    "sealer": storm.service("sealer"),
    "database session": storm.a_backend,
    "database server": storm.service("postgresql"),
}
IN_THE_MIDDLE = {
    "web worker": storm.a_web_worker,
    "web server": storm.service("web"),
    "database session": staff_storm.a_session,
    "database server": storm.service("postgresql"),
}

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def catcher() -> Iterator[MailHandle]:
    """Where mail is delivered: outside the portal, so that it remembers when everything else is killed."""
    with mail.start() as handle:
        yield handle


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, catcher: MailHandle) -> Iterator[Portal]:
    """The portal as `make run` starts it; a dead worker's jobs are taken over after two seconds."""
    told = {"PORTAL_MAIL_PORT": str(catcher.smtp_port), "PORTAL_RESCUE_AFTER": "2"}
    with storm.portal(tmp_path_factory.mktemp("storm"), environment=told) as one:
        yield one


def nothing_is_wrong(
    portal: Portal, load: Load, begin: Before, catcher: MailHandle, check: type[Check] = Check
) -> None:
    """Let the jobs come to their end, then compare what was told with what is stored."""
    wait_until(lambda: settled(portal.url), SECONDS_TO_SETTLE, portal.tail)
    assert not load.journal.complaints
    found = check(portal.url, begin).found(load.journal, (one["message_id"] for one in catcher.messages))
    assert not found, found
    code, said = chain_verdict(portal.url, str(portal.folder))
    assert code == 0, said
    assert "unsealed 0" in said
    assert portal.ready()
    assert all(storm.alive(pid) for pid in portal.state()["processes"].values())
    Browser(portal.port).log_in("jonas")


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_killed_process_loses_nothing_and_doubles_nothing(
    victim: str, portal: Portal, catcher: MailHandle
) -> None:
    killed = set()
    with storm.people_at_work(portal) as (load, begin):
        for _round in range(KILLS):
            killed.add(storm.kill(portal, load, VICTIMS[victim]))
        enough = load.journal.acknowledged + storm.WRITES_BETWEEN
        wait_until(lambda: load.journal.acknowledged > enough, storm.SECONDS_TO_COME_BACK, portal.tail)
    assert len(killed) == KILLS
    nothing_is_wrong(portal, load, begin, catcher)
    if victim == "worker":
        assert redone(portal.url, begin), "no kill hit a job: nothing was proved"
    elif victim != "sealer":
        assert load.journal.repeated, "no form had to be sent again: nothing was proved"


def test_a_killed_supervisor_starts_again_in_its_folder(portal: Portal, catcher: MailHandle) -> None:
    with storm.people_at_work(portal) as (load, begin):
        for _round in range(KILLS):
            storm.kill_supervisor(portal, load)
        enough = load.journal.acknowledged + storm.WRITES_BETWEEN
        wait_until(lambda: load.journal.acknowledged > enough, storm.SECONDS_TO_COME_BACK, portal.tail)
    assert load.journal.repeated, "no form had to be sent again: nothing was proved"
    nothing_is_wrong(portal, load, begin, catcher)


def test_staff_are_killed_in_the_middle(portal: Portal, catcher: MailHandle) -> None:
    with staff_storm.staff_at_work(portal) as (load, begin):
        for doing, victim in zip(WHEN, ("database session", "web server", "database server"), strict=True):
            staff_storm.kill_in_the_middle(portal, load, IN_THE_MIDDLE[victim], doing)
        staff_storm.kill_over_a_letter(portal, load)
        staff_storm.work_goes_on(portal, load)
    nothing_is_wrong(portal, load, begin, catcher, StaffCheck)
    assert redone(portal.url, begin), "no kill hit a job: nothing was proved"


@pytest.mark.proof
@pytest.mark.parametrize("victim", [*VICTIMS, "supervisor"])
def test_staff_are_killed_in_the_middle_again_and_again(
    victim: str, portal: Portal, catcher: MailHandle
) -> None:
    with staff_storm.staff_at_work(portal) as (load, begin):
        for _round in range(KILLS):
            if victim in IN_THE_MIDDLE:
                for doing in WHEN:
                    staff_storm.kill_in_the_middle(portal, load, IN_THE_MIDDLE[victim], doing)
            elif victim == "supervisor":
                storm.kill_supervisor(portal, load)
            elif victim == "worker":
                staff_storm.kill_over_a_letter(portal, load)
            else:
                storm.kill(portal, load, VICTIMS[victim])
        staff_storm.work_goes_on(portal, load)
    nothing_is_wrong(portal, load, begin, catcher, StaffCheck)
