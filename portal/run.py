"""Run the portal with everything it needs: `python -m portal.run` (what `make run` does)."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING

from portal.supervisor.failure import StartError

# The rest is imported when needed, so that a missing library can be named instead of traced.
if TYPE_CHECKING:
    from portal.settings import Settings
    from portal.supervisor.options import Options
    from portal.supervisor.runstate import RunState
    from portal.supervisor.supervisor import Supervisor


def main() -> int:
    """Run until asked to end. Gives the exit code; what stands in the way is one line on stderr."""
    try:
        _run()
    except StartError as error:
        return _refuse(str(error))
    except ModuleNotFoundError as error:
        return _refuse(f"The Python library {error.name} is missing. Run `make run`, which installs it.")
    return 0


def _run() -> None:
    from portal.supervisor.options import check_folder, check_ports, read_options
    from portal.supervisor.runstate import RunState
    from portal.supervisor.supervisor import Supervisor

    options = read_options(os.environ)
    address = _checked_settings(options).base_url
    check_folder(options.data_dir)
    state = RunState(options.data_dir)
    state.take()
    try:
        check_ports(options)
        _say(f"Starting, with data in {options.data_dir}")
        with Supervisor(_say, lambda pids: state.update(processes=pids), [state.lock]) as supervisor:
            _serve(supervisor, _with_database(supervisor, options), state, address)
    finally:
        state.give_up()


def _serve(supervisor: Supervisor, options: Options, state: RunState, address: str) -> None:
    """Prepare the database, start everything, say so, and watch until asked to end."""
    from portal.supervisor import plan
    from portal.supervisor.announce import announcement

    told = plan.environment(options, os.environ)
    state.update(app_url=options.database_url, owner_url=options.owner_url, base_url=address)
    supervisor.start(plan.stubs(options, told))
    for command in plan.preparations(options, told):
        supervisor.once(command)
    web, *behind = plan.portal(options, told)
    supervisor.start([web])
    supervisor.wait_ready(120)
    supervisor.start(behind)  # now that they do not make people wait for the first page
    _say(announcement(options, address))
    supervisor.watch()


def _with_database(supervisor: Supervisor, options: Options) -> Options:
    """The options with the addresses of the embedded database, started now unless one was given."""
    from portal.supervisor.services import Database

    if options.database_url:
        return options
    database = Database.prepared(options.data_dir)
    supervisor.start([database])
    supervisor.wait_ready(60)
    cluster = database.cluster
    return dataclasses.replace(options, database_url=cluster.app_url, owner_url=cluster.owner_url)


def _checked_settings(options: Options) -> Settings:
    """Refuse forbidden settings before anything starts; the database's address comes later."""
    from portal.settings import SettingsError, load
    from portal.supervisor.plan import environment

    told = environment(options, os.environ)
    try:
        return load({**told, "DATABASE_URL": told["DATABASE_URL"] or "postgresql+psycopg://"})
    except SettingsError as error:
        raise StartError(str(error)) from None


def _say(text: str) -> None:
    print(text, flush=True)


def _refuse(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
