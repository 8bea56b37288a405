"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor_id", "audit_entry", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_entry_local_id", "audit_entry", ["local_id", "id"], unique=False)
    op.create_index("ix_audit_entry_name", "audit_entry", ["name", "id"], unique=False)
    op.create_index("ix_audit_entry_regional_id", "audit_entry", ["regional_id", "id"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "subject_id", "id"], unique=False)
    op.create_index("ix_audit_entry_transaction_id", "audit_entry", ["transaction_id"], unique=False)
    op.create_table(
        "casework_number",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_casework_number")),
    )
    op.create_table(
        "county",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_county")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", "person_id", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_used_at"), "idempotency_key", ["used_at"], unique=False)
    op.create_table(
        "job_effect",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_effect")),
    )
    op.create_index(op.f("ix_job_effect_at"), "job_effect", ["at"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="login", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_created_at"), "login_attempt", ["created_at"], unique=False)
    op.create_table(
        "logout_token",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("jti_digest", sa.LargeBinary(), nullable=False),
        sa.Column("waiting", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout_token")),
        sa.UniqueConstraint("issuer", "jti_digest", name=op.f("uq_logout_token_issuer_jti_digest")),
    )
    op.create_index(op.f("ix_logout_token_created_at"), "logout_token", ["created_at"], unique=False)
    op.create_table(
        "operator",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("organisation_number", name=op.f("uq_operator_organisation_number")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("logged_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "register_feed_cursor",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_register_feed_cursor")),
    )
    op.create_table(
        "site_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_site_type")),
    )
    op.create_table(
        "switch_generation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_switch_generation_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switch_generation")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("level IN ('national', 'regional', 'local')", name=op.f("ck_unit_level")),
        sa.CheckConstraint("tree IN ('authority', 'civil')", name=op.f("ck_unit_tree")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_validity")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_sort_key"), "unit", ["sort_key"], unique=False)
    op.create_index("ix_unit_tree_level", "unit", ["tree", "level", "sort_key", "id"], unique=False)
    op.create_index(
        "uq_unit_code", "unit", ["code"], unique=True, postgresql_where=sa.text("code IS NOT NULL")
    )
    op.create_table(
        "access_reporting_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= since", name=op.f("ck_access_reporting_line_validity")
        ),
        sa.CheckConstraint("person_id <> leader_id", name=op.f("ck_access_reporting_line_not_to_oneself")),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["person.id"], name=op.f("fk_access_reporting_line_leader_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_reporting_line_person_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_access_reporting_line_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_reporting_line")),
    )
    op.create_index(
        op.f("ix_access_reporting_line_leader_id"), "access_reporting_line", ["leader_id"], unique=False
    )
    op.create_index(
        "uq_access_reporting_line_open",
        "access_reporting_line",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "access_request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("leader_gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'granted', 'refused')", name=op.f("ck_access_request_state")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_access_request_answered_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_request_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_access_request_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index("ix_access_request_unit_id", "access_request", ["unit_id", "state"], unique=False)
    op.create_index(
        "uq_access_request_open",
        "access_request",
        ["person_id", "number"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    op.create_table(
        "audit_verification",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.BigInteger(), nullable=True),
        sa.Column("unsealed", sa.BigInteger(), nullable=True),
        sa.Column("first_bad_entry", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("head", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_audit_verification_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verification")),
    )
    op.create_table(
        "casework_case",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("plugin", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_kind", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("handler_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("udisak_reference", sa.Text(), nullable=True),
        sa.Column("journalled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("journalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journalled_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state_kind <> 'draft' OR (national_id IS NULL AND regional_id IS NULL AND local_id IS NULL)",
            name=op.f("ck_casework_case_draft_is_private"),
        ),
        sa.CheckConstraint(
            "state_kind IN ('draft', 'waiting', 'returned', 'granted', 'refused', 'closed')",
            name=op.f("ck_casework_case_state_kind"),
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR number IS NOT NULL", name=op.f("ck_casework_case_sent_has_number")
        ),
        sa.ForeignKeyConstraint(["applicant_id"], ["person.id"], name=op.f("fk_casework_case_applicant_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["person.id"], name=op.f("fk_casework_case_handler_id")),
        sa.ForeignKeyConstraint(
            ["journalled_by"], ["person.id"], name=op.f("fk_casework_case_journalled_by")
        ),
        sa.ForeignKeyConstraint(["local_id"], ["unit.id"], name=op.f("fk_casework_case_local_id")),
        sa.ForeignKeyConstraint(["national_id"], ["unit.id"], name=op.f("fk_casework_case_national_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_casework_case_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["casework_case.id"], name=op.f("fk_casework_case_parent_id")),
        sa.ForeignKeyConstraint(["regional_id"], ["unit.id"], name=op.f("fk_casework_case_regional_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_case")),
        sa.UniqueConstraint("number", name=op.f("uq_casework_case_number")),
    )
    op.create_index(op.f("ix_casework_case_applicant_id"), "casework_case", ["applicant_id"], unique=False)
    op.create_index(op.f("ix_casework_case_handler_id"), "casework_case", ["handler_id"], unique=False)
    op.create_index(
        "ix_casework_case_local",
        "casework_case",
        ["local_id", sa.literal_column("submitted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_casework_case_national",
        "casework_case",
        ["national_id", sa.literal_column("submitted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_casework_case_national_state",
        "casework_case",
        ["national_id", "state", sa.literal_column("submitted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_casework_case_owner",
        "casework_case",
        ["owner_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_casework_case_parent_id"), "casework_case", ["parent_id"], unique=False)
    op.create_index(
        "ix_casework_case_regional",
        "casework_case",
        ["regional_id", sa.literal_column("submitted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_casework_case_regional_state",
        "casework_case",
        ["regional_id", "state", sa.literal_column("submitted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_casework_case_to_journal",
        "casework_case",
        ["submitted_at", "id"],
        unique=False,
        postgresql_where=sa.text("NOT journalled"),
    )
    op.create_table(
        "casework_letter_choice",
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by_post", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("stated_by", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["stated_by"], ["person.id"], name=op.f("fk_casework_letter_choice_stated_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_casework_letter_choice_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_casework_letter_choice")),
    )
    op.create_table(
        "contact_person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("deputy", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_contact_person_validity")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
    )
    op.create_index("ix_contact_person_unit_id", "contact_person", ["unit_id", "deputy"], unique=False)
    op.create_table(
        "county_region",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("county_number", sa.Text(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["county_number"], ["county.number"], name=op.f("fk_county_region_county_number")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["unit.id"], name=op.f("fk_county_region_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_region")),
        sa.UniqueConstraint(
            "county_number", "valid_from", name=op.f("uq_county_region_county_number_valid_from")
        ),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("plugin", sa.Text(), nullable=True),
        sa.Column("read_permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('quarantined', 'refused', 'ordered', 'ready')", name=op.f("ck_document_state")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_document_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_owner_id"), "document", ["owner_id"], unique=False)
    op.create_table(
        "funding_call",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("current_version", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_funding_call_published")
        ),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_funding_call_state")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_funding_call_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_call")),
    )
    op.create_index("ix_funding_call_scheme", "funding_call", ["scheme", "state", "id"], unique=False)
    op.create_table(
        "funding_payee_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "sound",
            sa.Boolean(),
            sa.Computed(
                "(confirmed_by IS NOT NULL) AND (state = ANY (ARRAY['confirmed'::text, 'replaced'::text]))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (confirmed_at IS NULL)", name=op.f("ck_funding_payee_account_answered")
        ),
        sa.CheckConstraint("number ~ '^[0-9]{11}$'", name=op.f("ck_funding_payee_account_number")),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_by IS NOT NULL",
            name=op.f("ck_funding_payee_account_confirmed"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'rejected', 'replaced')",
            name=op.f("ck_funding_payee_account_state"),
        ),
        sa.CheckConstraint("proposed_by <> confirmed_by", name=op.f("ck_funding_payee_account_two_persons")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_funding_payee_account_confirmed_by")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_funding_payee_account_owner_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_funding_payee_account_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_payee_account")),
        sa.UniqueConstraint("id", "sound", name="uq_funding_payee_account_sound"),
    )
    op.create_index(
        op.f("ix_funding_payee_account_owner_id"), "funding_payee_account", ["owner_id"], unique=False
    )
    op.create_index(
        "uq_funding_payee_account_confirmed",
        "funding_payee_account",
        ["owner_id"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index(
        "uq_funding_payee_account_waiting",
        "funding_payee_account",
        ["owner_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "funding_payment_batch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_funding_payment_batch_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_payment_batch")),
    )
    op.create_table(
        "funding_sentence",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("refuses", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("retired", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_funding_sentence_unit_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_funding_sentence_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_sentence")),
        sa.UniqueConstraint(
            "scheme",
            "unit_id",
            "code",
            "version",
            name=op.f("uq_funding_sentence_scheme_unit_id_code_version"),
        ),
    )
    op.create_table(
        "held_form",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_held_form_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_held_form")),
    )
    op.create_index(op.f("ix_held_form_created_at"), "held_form", ["created_at"], unique=False)
    op.create_index(op.f("ix_held_form_person_id"), "held_form", ["person_id"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "first_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_login_issuer_subject")),
    )
    op.create_index(op.f("ix_login_person_id"), "login", ["person_id"], unique=False)
    op.create_table(
        "municipality",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("county_number", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_number"], ["county.number"], name=op.f("fk_municipality_county_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_municipality")),
    )
    op.create_index(op.f("ix_municipality_county_number"), "municipality", ["county_number"], unique=False)
    op.create_index(op.f("ix_municipality_sort_key"), "municipality", ["sort_key"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("body_id", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person_id", "notice", ["person_id", "id"], unique=False)
    op.create_table(
        "operator_contract",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("operation_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("notice_given_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "awarded_on <= signed_on AND signed_on <= operation_from", name=op.f("ck_operator_contract_order")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= operation_from", name=op.f("ck_operator_contract_validity")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_operator_contract_operator_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["unit.id"], name=op.f("fk_operator_contract_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_contract")),
    )
    op.create_index(
        op.f("ix_operator_contract_operator_id"), "operator_contract", ["operator_id"], unique=False
    )
    op.create_index(
        "ix_operator_contract_site_id", "operator_contract", ["site_id", "operation_from"], unique=False
    )
    op.create_table(
        "organisation_rescue",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "cause IN ('no_leader', 'asked', 'silent', 'absent')", name=op.f("ck_organisation_rescue_cause")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_organisation_rescue_closed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_organisation_rescue_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_rescue")),
    )
    op.create_index(
        "ix_organisation_rescue_national_id",
        "organisation_rescue",
        ["national_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_organisation_rescue_regional_id",
        "organisation_rescue",
        ["regional_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_organisation_rescue_open",
        "organisation_rescue",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "plugin_switch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_plugin_switch_changed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_plugin_switch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_switch")),
    )
    op.create_index(
        "uq_plugin_switch_plugin",
        "plugin_switch",
        ["plugin", sa.literal_column("coalesce(unit_id, 0)")],
        unique=True,
    )
    op.create_table(
        "registered_contact",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("may_notify", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registered_contact_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_registered_contact")),
    )
    op.create_table(
        "site_move",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "done_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_site_move_done_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_site_move_decided_by")),
        sa.ForeignKeyConstraint(["from_id"], ["unit.id"], name=op.f("fk_site_move_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["unit.id"], name=op.f("fk_site_move_to_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_site_move_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_move")),
    )
    op.create_index(
        "uq_site_move_open",
        "site_move",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "unit_message",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("body_id", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_message_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_message")),
    )
    op.create_index("ix_unit_message_unit_id", "unit_message", ["unit_id", "created_at", "id"], unique=False)
    op.create_table(
        "unit_rule",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("point", sa.Text(), server_default="", nullable=False),
        sa.Column("left", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.BigInteger(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT \"left\" OR (number IS NULL AND point = '')", name=op.f("ck_unit_rule_left_alone")
        ),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= said_at", name=op.f("ck_unit_rule_validity")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_unit_rule_ended_by")),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_unit_rule_said_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_rule_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_rule")),
    )
    op.create_index(
        "ix_unit_rule_name", "unit_rule", ["name"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_unit_rule_unit_id", "unit_rule", ["unit_id", "name"], unique=False)
    op.create_index(
        "uq_unit_rule_open",
        "unit_rule",
        ["unit_id", "name", "point"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "granted_by IS NULL OR granted_by <> person_id", name=op.f("ck_assignment_not_to_oneself")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_assignment_validity")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["operator_contract.id"], name=op.f("fk_assignment_contract_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_assignment_ended_by")),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_assignment_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_contract_id", "assignment", ["contract_id"], unique=False)
    op.create_index("ix_assignment_person_id", "assignment", ["person_id", "valid_to"], unique=False)
    op.create_index("ix_assignment_unit_id", "assignment", ["unit_id", "role"], unique=False)
    op.create_index(
        "uq_assignment_open",
        "assignment",
        ["person_id", "unit_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "casework_appeal_comment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_casework_appeal_comment_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_casework_appeal_comment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_appeal_comment")),
    )
    op.create_index(
        op.f("ix_casework_appeal_comment_case_id"), "casework_appeal_comment", ["case_id"], unique=False
    )
    op.create_table(
        "casework_deadline",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("for_party", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_deadline_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_deadline")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_casework_deadline_case_id_code")),
    )
    op.create_index(
        "ix_casework_deadline_open",
        "casework_deadline",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL"),
    )
    op.create_index(
        "ix_casework_deadline_to_remind",
        "casework_deadline",
        ["code", "reminded", "due_on"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL"),
    )
    op.create_table(
        "casework_decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), server_default="case", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal_to", sa.Text(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('granted', 'partly', 'refused', 'demanded')",
            name=op.f("ck_casework_decision_outcome"),
        ),
        sa.CheckConstraint("prepared_by <> decided_by", name=op.f("ck_casework_decision_two_persons")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_decision_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_casework_decision_decided_by")),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["person.id"], name=op.f("fk_casework_decision_prepared_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_decision")),
    )
    op.create_index(op.f("ix_casework_decision_case_id"), "casework_decision", ["case_id"], unique=False)
    op.create_index(
        "uq_casework_decision_on_the_case",
        "casework_decision",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("about = 'case'"),
    )
    op.create_table(
        "casework_document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('attachment', 'answer', 'report', 'appeal', 'receipt', 'letter', 'decision_letter')",
            name=op.f("ck_casework_document_role"),
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_casework_document_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_document_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_document")),
        sa.UniqueConstraint("case_id", "document_id", name=op.f("uq_casework_document_case_id_document_id")),
    )
    op.create_table(
        "casework_history",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("by_party", sa.Boolean(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_history_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_casework_history_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_history")),
    )
    op.create_index("ix_casework_history_case_id", "casework_history", ["case_id", "id"], unique=False)
    op.create_table(
        "casework_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_casework_note_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_note")),
    )
    op.create_index("ix_casework_note_case_id", "casework_note", ["case_id", "id"], unique=False)
    op.create_table(
        "casework_participation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "part IN ('prepared', 'decided', 'impartial', 'disqualified')",
            name=op.f("ck_casework_participation_part"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_casework_participation_ended")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_casework_participation_case_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_casework_participation_ended_by")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_casework_participation_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_participation")),
    )
    op.create_index(
        op.f("ix_casework_participation_person_id"), "casework_participation", ["person_id"], unique=False
    )
    op.create_index(
        "uq_casework_participation_now",
        "casework_participation",
        ["case_id", "person_id", "part"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "casework_request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_casework_request_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_casework_request_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_request_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_request")),
    )
    op.create_index("ix_casework_request_case_id", "casework_request", ["case_id", "id"], unique=False)
    op.create_index(
        "uq_casework_request_open",
        "casework_request",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "document_content",
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_content_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_content")),
    )
    op.create_table(
        "funding_acceptance",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["person.id"], name=op.f("fk_funding_acceptance_accepted_by")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["funding_payee_account.id"], name=op.f("fk_funding_acceptance_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_acceptance_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_funding_acceptance")),
    )
    op.create_table(
        "funding_application",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("call_version", sa.BigInteger(), nullable=False),
        sa.Column("form_version", sa.BigInteger(), nullable=False),
        sa.Column("applicant_kind", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["funding_call.id"], name=op.f("fk_funding_application_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_application_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_funding_application")),
    )
    op.create_index(
        "ix_funding_application_call_id", "funding_application", ["call_id", "case_id"], unique=False
    )
    op.create_table(
        "funding_application_site",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_application_site_case_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_funding_application_site_unit_id")),
        sa.PrimaryKeyConstraint("case_id", "position", name=op.f("pk_funding_application_site")),
        sa.UniqueConstraint("case_id", "unit_id", name=op.f("uq_funding_application_site_case_id_unit_id")),
    )
    op.create_index(
        op.f("ix_funding_application_site_unit_id"), "funding_application_site", ["unit_id"], unique=False
    )
    op.create_table(
        "funding_assessment",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("proposed_ore", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('granted', 'partly', 'refused')", name=op.f("ck_funding_assessment_outcome")
        ),
        sa.CheckConstraint("proposed_ore >= 0", name=op.f("ck_funding_assessment_amount")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_funding_assessment_author_id")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_assessment_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_funding_assessment")),
    )
    op.create_table(
        "funding_award_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'award' AND amount_ore > 0) OR (kind = 'release' AND amount_ore < 0)",
            name=op.f("ck_funding_award_entry_sign"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["funding_call.id"], name=op.f("fk_funding_award_entry_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_award_entry_case_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_funding_award_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_award_entry")),
    )
    op.create_index("ix_funding_award_entry_call_id", "funding_award_entry", ["call_id", "id"], unique=False)
    op.create_index("ix_funding_award_entry_case_id", "funding_award_entry", ["case_id", "id"], unique=False)
    op.create_table(
        "funding_breach_notice",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("commented_by", sa.BigInteger(), nullable=True),
        sa.Column("commented_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(comment = '') = (commented_at IS NULL)", name=op.f("ck_funding_breach_notice_commented")
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_funding_breach_notice_amount")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_breach_notice_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["commented_by"], ["person.id"], name=op.f("fk_funding_breach_notice_commented_by")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_funding_breach_notice_sent_by")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_funding_breach_notice")),
    )
    op.create_table(
        "funding_budget_line",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("side IN ('cost', 'income')", name=op.f("ck_funding_budget_line_side")),
        sa.CheckConstraint(
            "amount_ore IS NULL OR amount_ore >= 0", name=op.f("ck_funding_budget_line_amount")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_budget_line_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "position", name=op.f("pk_funding_budget_line")),
    )
    op.create_table(
        "funding_call_frame",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("frame_ore", sa.BigInteger(), nullable=False),
        sa.Column("committed_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "committed_ore BETWEEN 0 AND frame_ore", name=op.f("ck_funding_call_frame_never_overspent")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["funding_call.id"], name=op.f("fk_funding_call_frame_call_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_funding_call_frame")),
    )
    op.create_table(
        "funding_call_version",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frame_ore", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rolling", sa.Boolean(), nullable=False),
        sa.Column("voted", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("applicants", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("register_strength", sa.Text(), server_default="must", nullable=False),
        sa.Column("distribution", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("appeal_to", sa.Text(), nullable=False),
        sa.Column("appeal_confirmed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "register_strength IN ('must', 'should')", name=op.f("ck_funding_call_version_register_strength")
        ),
        sa.CheckConstraint("frame_ore > 0", name=op.f("ck_funding_call_version_frame")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_funding_call_version_period")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["funding_call.id"], name=op.f("fk_funding_call_version_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_funding_call_version_written_by")
        ),
        sa.PrimaryKeyConstraint("call_id", "version", name=op.f("pk_funding_call_version")),
    )
    op.create_table(
        "funding_change_notice",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), server_default="sent", nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'approved', 'declined')", name=op.f("ck_funding_change_notice_state")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_funding_change_notice_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_change_notice_case_id")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_funding_change_notice_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_change_notice")),
    )
    op.create_index(
        "ix_funding_change_notice_case_id", "funding_change_notice", ["case_id", "id"], unique=False
    )
    op.create_index(
        "uq_funding_change_notice_open",
        "funding_change_notice",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_table(
        "funding_group_save",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_funding_group_save_case_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_funding_group_save_person_id")),
        sa.PrimaryKeyConstraint("case_id", "group_code", name=op.f("pk_funding_group_save")),
    )
    op.create_index(
        op.f("ix_funding_group_save_person_id"), "funding_group_save", ["person_id"], unique=False
    )
    op.create_table(
        "funding_report",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("spent_ore", sa.BigInteger(), nullable=True),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("review", sa.Text(), server_default="", nullable=False),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("spent_ore IS NULL OR spent_ore >= 0", name=op.f("ck_funding_report_spent")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_funding_report_case_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"], name=op.f("fk_funding_report_reviewed_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_funding_report_sent_by")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_funding_report")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("token_seed", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hands_over", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column("role_until", sa.Date(), nullable=True),
        sa.Column("mandate_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitation_one_end")),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_invitation_accepted_by")),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["mandate_id"], ["document.id"], name=op.f("fk_invitation_mandate_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_invitation_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index("ix_invitation_unit_id", "invitation", ["unit_id", "created_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mail_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_table(
        "organisation",
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="nb", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("website", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("municipality_number", sa.Text(), nullable=True),
        sa.Column("activities", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("register_status", sa.Text(), server_default="none", nullable=False),
        sa.Column("expectations", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('voluntary', 'non_profit', 'operator', 'public_body', 'informal_group', 'individual')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.CheckConstraint("level IN ('national', 'regional', 'local')", name=op.f("ck_organisation_level")),
        sa.ForeignKeyConstraint(
            ["municipality_number"], ["municipality.number"], name=op.f("fk_organisation_municipality_number")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_organisation_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_organisation")),
    )
    op.create_index(
        "ix_organisation_activities", "organisation", ["activities"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_organisation_kind", "organisation", ["kind", "sort_key", "unit_id"], unique=False)
    op.create_index("ix_organisation_level", "organisation", ["level", "sort_key", "unit_id"], unique=False)
    op.create_index(
        op.f("ix_organisation_municipality_number"), "organisation", ["municipality_number"], unique=False
    )
    op.create_index(
        "ix_organisation_national_id", "organisation", ["national_id", "sort_key", "unit_id"], unique=False
    )
    op.create_index(
        "ix_organisation_regional_id", "organisation", ["regional_id", "sort_key", "unit_id"], unique=False
    )
    op.create_index(
        "ix_organisation_register_status",
        "organisation",
        ["register_status", "sort_key", "unit_id"],
        unique=False,
    )
    op.create_index("ix_organisation_words", "organisation", ["words"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_organisation_number",
        "organisation",
        ["number"],
        unique=True,
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "organisation_paper",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("kept_by", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('statutes', 'annual_report', 'accounts')", name=op.f("ck_organisation_paper_kind")
        ),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_organisation_paper_year")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_organisation_paper_document_id")
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_organisation_paper_kept_by")),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["organisation_paper.id"], name=op.f("fk_organisation_paper_replaced_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_organisation_paper_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_paper")),
    )
    op.create_index(
        "uq_organisation_paper_current",
        "organisation_paper",
        ["unit_id", "kind", "year"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("lookup", sa.Text(), server_default="none", nullable=False),
        sa.Column("lookup_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expectations", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("asked_text", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("matched_role", sa.Text(), server_default="", nullable=False),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column("checked", sa.Text(), server_default="", nullable=False),
        sa.Column("warned_for", sa.Date(), nullable=True),
        sa.Column("provisional_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("(path = 'number') = (number IS NOT NULL)", name=op.f("ck_registration_number")),
        sa.CheckConstraint(
            "level IS NULL OR level IN ('national', 'regional', 'local')", name=op.f("ck_registration_level")
        ),
        sa.CheckConstraint(
            "lookup IN ('none', 'waiting', 'found', 'unknown', 'removed')",
            name=op.f("ck_registration_lookup"),
        ),
        sa.CheckConstraint("path IN ('number', 'group', 'individual')", name=op.f("ck_registration_path")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_registration_decided_by")),
        sa.ForeignKeyConstraint(["mandate_id"], ["document.id"], name=op.f("fk_registration_mandate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_registration_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("receipt", name=op.f("uq_registration_receipt")),
    )
    op.create_index(
        "ix_registration_national_id", "registration", ["national_id", "submitted_at", "id"], unique=False
    )
    op.create_index("ix_registration_person_id", "registration", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_registration_regional_id", "registration", ["regional_id", "submitted_at", "id"], unique=False
    )
    op.create_index(
        "ix_registration_unit_id",
        "registration",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index(
        "uq_registration_open",
        "registration",
        ["person_id", "number"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"),
    )
    op.create_index(
        "uq_registration_sent",
        "registration",
        ["number"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'returned') AND number IS NOT NULL"),
    )
    op.create_table(
        "site",
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("municipality_number", sa.Text(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_number"], ["municipality.number"], name=op.f("fk_site_municipality_number")
        ),
        sa.ForeignKeyConstraint(["type_code"], ["site_type.code"], name=op.f("fk_site_type_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_site_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_municipality_number"), "site", ["municipality_number"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("login_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), server_default="", nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("provider_sid", sa.Text(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acr", sa.Text(), server_default="", nullable=False),
        sa.Column("staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("represents", sa.Text(), server_default="", nullable=False),
        sa.Column("acting_for", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_cause", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["acting_for"], ["unit.id"], name=op.f("fk_user_session_acting_for")),
        sa.ForeignKeyConstraint(
            ["login_id"], ["login.id"], name=op.f("fk_user_session_login_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_user_session_token_digest")),
    )
    op.create_index(op.f("ix_user_session_expires_at"), "user_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_user_session_login_id"), "user_session", ["login_id"], unique=False)
    op.create_index(op.f("ix_user_session_person_id"), "user_session", ["person_id"], unique=False)
    op.create_index("ix_user_session_provider_sid", "user_session", ["issuer", "provider_sid"], unique=False)
    op.create_table(
        "affiliation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="claimed", nullable=False),
        sa.Column("shares", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("claimed_by", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('claimed', 'confirmed', 'declined', 'withdrawn', 'ended')",
            name=op.f("ck_affiliation_state"),
        ),
        sa.CheckConstraint("branch_id <> parent_id", name=op.f("ck_affiliation_two_organisations")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_affiliation_validity")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_affiliation_answered_by")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["organisation.unit_id"], name=op.f("fk_affiliation_branch_id")
        ),
        sa.ForeignKeyConstraint(["claimed_by"], ["person.id"], name=op.f("fk_affiliation_claimed_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_affiliation_ended_by")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.unit_id"], name=op.f("fk_affiliation_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
    )
    op.create_index("ix_affiliation_parent_id", "affiliation", ["parent_id", "state", "id"], unique=False)
    op.create_index(
        "uq_affiliation_open",
        "affiliation",
        ["branch_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('claimed', 'confirmed')"),
    )
    op.create_table(
        "casework_appeal",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("check_note", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("comment_until", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('changed', 'forwarded', 'rejected')", name=op.f("ck_casework_appeal_outcome")
        ),
        sa.CheckConstraint(
            "proposed IN ('changed', 'forwarded', 'rejected')", name=op.f("ck_casework_appeal_proposed")
        ),
        sa.CheckConstraint(
            "result IN ('upheld', 'changed', 'returned')", name=op.f("ck_casework_appeal_result")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_casework_appeal_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["casework_decision.id"], name=op.f("fk_casework_appeal_decision_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_casework_appeal")),
    )
    op.create_index(op.f("ix_casework_appeal_decision_id"), "casework_appeal", ["decision_id"], unique=False)
    op.create_table(
        "casework_letter_delivery",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("channel IN ('portal', 'post')", name=op.f("ck_casework_letter_delivery_channel")),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (opened_by IS NULL)", name=op.f("ck_casework_letter_delivery_opened")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["casework_case.id"], name=op.f("fk_casework_letter_delivery_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["casework_decision.id"], name=op.f("fk_casework_letter_delivery_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_casework_letter_delivery_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by"], ["person.id"], name=op.f("fk_casework_letter_delivery_posted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_letter_delivery")),
        sa.UniqueConstraint("document_id", name=op.f("uq_casework_letter_delivery_document_id")),
    )
    op.create_index(
        op.f("ix_casework_letter_delivery_case_id"), "casework_letter_delivery", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_casework_letter_delivery_decision_id"),
        "casework_letter_delivery",
        ["decision_id"],
        unique=False,
    )
    op.create_index(
        "ix_casework_letter_delivery_unopened",
        "casework_letter_delivery",
        ["available_at", "id"],
        unique=False,
        postgresql_where=sa.text("opened_at IS NULL AND posted_at IS NULL"),
    )
    op.create_table(
        "cooperation_agreement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("covers_branches", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_cooperation_agreement_validity")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_cooperation_agreement_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["person.id"], name=op.f("fk_cooperation_agreement_removed_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.unit_id"], name=op.f("fk_cooperation_agreement_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperation_agreement")),
    )
    op.create_index(
        "ix_cooperation_agreement_unit_id",
        "cooperation_agreement",
        ["unit_id", "valid_from"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "funding_instalment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "account_sound",
            sa.Boolean(),
            sa.Computed(
                "CASE WHEN (state = ANY (ARRAY['attested'::text, 'paid'::text])) THEN true ELSE NULL::boolean END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("ordered_by", sa.BigInteger(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attested_by", sa.BigInteger(), nullable=True),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("stop_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name=op.f("ck_funding_instalment_paid")),
        sa.CheckConstraint(
            "state IN ('planned', 'ordered', 'attested', 'paid', 'stopped')",
            name=op.f("ck_funding_instalment_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('attested', 'paid') OR account_id IS NOT NULL",
            name=op.f("ck_funding_instalment_account"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('attested', 'paid') OR attested_by IS NOT NULL",
            name=op.f("ck_funding_instalment_attested"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ordered', 'attested', 'paid') OR ordered_by IS NOT NULL",
            name=op.f("ck_funding_instalment_ordered"),
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_funding_instalment_amount")),
        sa.CheckConstraint("ordered_by <> attested_by", name=op.f("ck_funding_instalment_two_persons")),
        sa.ForeignKeyConstraint(
            ["account_id", "account_sound"],
            ["funding_payee_account.id", "funding_payee_account.sound"],
            name=op.f("fk_funding_instalment_account_id_account_sound"),
        ),
        sa.ForeignKeyConstraint(
            ["attested_by"], ["person.id"], name=op.f("fk_funding_instalment_attested_by")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["funding_payment_batch.id"], name=op.f("fk_funding_instalment_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["funding_acceptance.case_id"], name=op.f("fk_funding_instalment_case_id")
        ),
        sa.ForeignKeyConstraint(["ordered_by"], ["person.id"], name=op.f("fk_funding_instalment_ordered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_instalment")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_funding_instalment_case_id_position")),
    )
    op.create_index(op.f("ix_funding_instalment_batch_id"), "funding_instalment", ["batch_id"], unique=False)
    op.create_index(
        "ix_funding_instalment_open",
        "funding_instalment",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'paid'"),
    )
    op.create_table(
        "funding_repayment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("demanded_ore", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("released_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("pay_to", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ground IN ('unused', 'breach')", name=op.f("ck_funding_repayment_ground")),
        sa.CheckConstraint("pay_to ~ '^[0-9]{11}$'", name=op.f("ck_funding_repayment_pay_to")),
        sa.CheckConstraint("amount_ore BETWEEN 0 AND demanded_ore", name=op.f("ck_funding_repayment_amount")),
        sa.CheckConstraint("demanded_ore > 0", name=op.f("ck_funding_repayment_demanded")),
        sa.CheckConstraint("paid_ore BETWEEN 0 AND demanded_ore", name=op.f("ck_funding_repayment_paid")),
        sa.CheckConstraint("released_ore >= 0", name=op.f("ck_funding_repayment_released")),
        sa.ForeignKeyConstraint(["case_id"], ["casework_case.id"], name=op.f("fk_funding_repayment_case_id")),
        sa.ForeignKeyConstraint(["claimed_by"], ["person.id"], name=op.f("fk_funding_repayment_claimed_by")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["casework_decision.id"], name=op.f("fk_funding_repayment_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_repayment")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_funding_repayment_decision_id")),
    )
    op.create_index("ix_funding_repayment_case_id", "funding_repayment", ["case_id", "id"], unique=False)
    op.create_table(
        "organisation_exclusion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="noticed", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("noticed_by", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("replied_by", sa.BigInteger(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("lifted_by", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('noticed', 'dropped', 'excluded', 'lifted')",
            name=op.f("ck_organisation_exclusion_state"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> noticed_by",
            name=op.f("ck_organisation_exclusion_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_organisation_exclusion_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["person.id"], name=op.f("fk_organisation_exclusion_lifted_by")
        ),
        sa.ForeignKeyConstraint(
            ["noticed_by"], ["person.id"], name=op.f("fk_organisation_exclusion_noticed_by")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"], ["person.id"], name=op.f("fk_organisation_exclusion_replied_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.unit_id"], name=op.f("fk_organisation_exclusion_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_exclusion")),
    )
    op.create_index(
        "ix_organisation_exclusion_unit_id", "organisation_exclusion", ["unit_id", "id"], unique=False
    )
    op.create_index(
        "uq_organisation_exclusion_open",
        "organisation_exclusion",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('noticed', 'excluded')"),
    )
    op.create_table(
        "register_change",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("national_id", sa.BigInteger(), nullable=True),
        sa.Column("regional_id", sa.BigInteger(), nullable=True),
        sa.Column("local_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_register_change_answered_by")),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name=op.f("fk_register_change_seen_by")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.unit_id"], name=op.f("fk_register_change_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
    )
    op.create_index(
        "ix_register_change_national",
        "register_change",
        ["national_id", "id"],
        unique=False,
        postgresql_where=sa.text("grave AND seen_at IS NULL"),
    )
    op.create_index(
        "ix_register_change_regional",
        "register_change",
        ["regional_id", "id"],
        unique=False,
        postgresql_where=sa.text("grave AND seen_at IS NULL"),
    )
    op.create_index(
        "ix_register_change_unit_id",
        "register_change",
        ["unit_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "registration_confirmation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("registration_id", sa.BigInteger(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("token_seed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_registration_confirmation_answer")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_confirmation_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_confirmation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_registration_confirmation_token_digest")),
    )
    op.create_index(
        "ix_registration_confirmation_registration_id",
        "registration_confirmation",
        ["registration_id"],
        unique=False,
    )
    op.create_table(
        "role_end_warning",
        sa.Column("assignment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("days", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_role_end_warning_assignment_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", "days", name=op.f("pk_role_end_warning")),
    )
    op.create_table(
        "role_request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f("ck_role_request_answered")),
        sa.CheckConstraint("state IN ('open', 'granted', 'declined')", name=op.f("ck_role_request_state")),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> person_id", name=op.f("ck_role_request_not_by_oneself")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_role_request_answered_by")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_role_request_assignment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_request_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_request_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_request")),
    )
    op.create_index("ix_role_request_person_id", "role_request", ["person_id", "id"], unique=False)
    op.create_index("ix_role_request_unit_id", "role_request", ["unit_id", "state"], unique=False)
    op.create_index(
        "uq_role_request_open",
        "role_request",
        ["person_id", "unit_id", "role"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "funding_repayment_part",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("repayment_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "registered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("amount_ore <> 0", name=op.f("ck_funding_repayment_part_amount")),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["person.id"], name=op.f("fk_funding_repayment_part_registered_by")
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["funding_repayment.id"], name=op.f("fk_funding_repayment_part_repayment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_repayment_part")),
    )
    op.create_index(
        "ix_funding_repayment_part_repayment_id",
        "funding_repayment_part",
        ["repayment_id", "id"],
        unique=False,
    )
    op.execute("INSERT INTO switch_generation (id, value) VALUES (1, 1)")
