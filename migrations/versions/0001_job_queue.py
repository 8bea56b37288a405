"""The tables of the job queue (Procrastinate 3.10), as its makers wrote them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "procrastinate" / "schema_3_10.sql"


def upgrade() -> None:
    """Run the script as it stands: several statements at once, so past SQLAlchemy's parameters."""
    connection = op.get_bind().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA.read_text(encoding="utf-8"))
