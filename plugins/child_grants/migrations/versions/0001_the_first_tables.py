"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
        sa.Column("plugin", sa.Text(), server_default="child_grants", nullable=False),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("sent", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "answer IN ('confirmed', 'not_known', 'disagrees')",
            name=op.f("ck_child_grants_site_contact_answer"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by IS NULL AND recorded_by IS NULL)",
            name=op.f("ck_child_grants_site_contact_by_somebody"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_on IS NULL)", name=op.f("ck_child_grants_site_contact_answered")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_grants_site_contact")),
        sa.UniqueConstraint("case_id", "unit_id", name=op.f("uq_child_grants_site_contact_case_id_unit_id")),
    )
    op.create_index(
        "ix_child_grants_site_contact_local", "child_grants_site_contact", ["local_id", "id"], unique=False
    )
