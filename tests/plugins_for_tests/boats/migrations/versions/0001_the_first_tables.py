"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_table(
        "boats_echo",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boats_echo")),
    )
    op.create_table(
        "boats_trip",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("harbour", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boats_trip")),
    )
