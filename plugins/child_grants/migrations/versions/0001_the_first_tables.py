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
        "child_grants_site_contact",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "answer IN ('confirmed', 'not_known', 'disagrees')",
            name=op.f("ck_child_grants_site_contact_answer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_grants_site_contact")),
        sa.UniqueConstraint("case_id", "unit_id", name=op.f("uq_child_grants_site_contact_case_id_unit_id")),
    )
