"""Tables of persons, their logins and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Person(Base):
    """A human being with an account. The only table with a person's name and address; erasable."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    logged_in_at: Mapped[datetime | None]


class Login(Base):
    """How a person is known at a provider: (issuer, subject), and nothing else joins two logins."""

    __tablename__ = "login"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    first_used_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RegisteredContact(Base):
    """What the contact register (*kontakt- og reservasjonsregisteret*) said of a person at their last login.

    Replaced at each login. The address is kept only where it may be used; nothing else of the answer is.
    `confirmed_at`: when the person last wrote or confirmed the address there. `provider`: whose login it was.
    """

    __tablename__ = "registered_contact"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    provider: Mapped[str]
    reserved: Mapped[bool]
    may_notify: Mapped[bool]
    email: Mapped[str] = mapped_column(server_default="")
    confirmed_at: Mapped[datetime | None]
    read_at: Mapped[datetime]


class UserSession(Base):
    """A login session (*økt*). The cookie holds a random token; only its digest is stored.

    `login_id`: the way in it began through. `staff`: that was UDI's own door. `represents`: the number of
    the organisation that was chosen at the login service. `id_token` is needed once, to log out at the
    provider too. It is stored under a key that only the cookie's token gives, since it may hold what the
    portal must not keep.
    """

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_provider_sid", "issuer", "provider_sid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    login_id: Mapped[int | None] = mapped_column(ForeignKey("login.id", ondelete="SET NULL"), index=True)
    provider: Mapped[str] = mapped_column(server_default="")
    issuer: Mapped[str]
    provider_sid: Mapped[str | None]
    id_token: Mapped[str]
    device: Mapped[str] = mapped_column(server_default="")
    authenticated_at: Mapped[datetime]
    acr: Mapped[str] = mapped_column(server_default="")
    staff: Mapped[bool] = mapped_column(server_default=false())
    represents: Mapped[str] = mapped_column(server_default="")
    acting_for: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_cause: Mapped[str] = mapped_column(server_default="")


class LoginAttempt(Base):
    """A login on its way: what the provider's answer must match. Used once, forgotten after minutes."""

    __tablename__ = "login_attempt"

    state_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary)
    provider: Mapped[str]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    next_path: Mapped[str]
    purpose: Mapped[str] = mapped_column(server_default="login")
    person_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class LogoutToken(Base):
    """A logout a provider told us of (back-channel): stored before it is answered, and never taken twice."""

    __tablename__ = "logout_token"
    __table_args__ = (UniqueConstraint("issuer", "jti_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    provider: Mapped[str]
    jti_digest: Mapped[bytes] = mapped_column(LargeBinary)
    waiting: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class HeldForm(Base):
    """A form that came without a login that was fresh enough: kept for its sender until they have one.

    What was typed is sealed under a token that only the sender's browser was given.
    """

    __tablename__ = "held_form"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
