"""What sending an application is compared with: the same bytes received and kept, and nothing else.

A bare Flask view with the raw driver: a form with files is stored in one transaction, a form without is one
row. Served by Granian with as many workers and threads as the portal; `DATABASE_URL` says where.
"""

from __future__ import annotations

import os

from flask import Flask, Response, request
from psycopg_pool import ConnectionPool

app = Flask("receiver")
_pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=8, open=True)


@app.get("/readyz")
def readyz() -> str:
    """Whether it answers."""
    return "ready"


@app.post("/")
def receive() -> Response:
    """Keep what was sent."""
    files = [one.read() for one in request.files.getlist("file")]
    with _pool.connection() as connection:
        for content in files:
            connection.execute("INSERT INTO bare_file VALUES (%s)", [content])
        connection.execute("INSERT INTO bare_form VALUES (%s)", [str(dict(request.form))])
    return Response(status=303, headers={"Location": "/"})
