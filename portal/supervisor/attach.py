"""The database for a command run by hand: the running portal's, or one started for the duration."""

from __future__ import annotations

import atexit
import os
import time

from portal.supervisor import runstate
from portal.supervisor.options import check_folder, data_dir

SECONDS_TO_WAIT = 30.0


def database_urls() -> tuple[str, str]:
    """Addresses for the application role and for the owner role.

    `DATABASE_URL` (and `DATABASE_OWNER_URL`) where set; else those of the supervisor that runs in
    DATA_DIR; else a cluster started now, which ends with this process. Raises `StartError`.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return given, os.environ.get("DATABASE_OWNER_URL") or given
    values = runstate.running(data_dir(os.environ))
    if values is not None and "app_url" in values:
        return str(values["app_url"]), str(values["owner_url"])
    return _started_here()


def _started_here() -> tuple[str, str]:
    from portal.supervisor.postgres import Cluster, ClusterBusy  # only now: commands with a URL stay quick

    folder = data_dir(os.environ)
    check_folder(folder)
    cluster = Cluster(folder)
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            cluster.start()
            break
        except ClusterBusy:  # another command has it for a moment
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    atexit.register(cluster.stop)
    return cluster.app_url, cluster.owner_url
