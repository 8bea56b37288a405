"""Where a plugin is switched on or off. No row means on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class PluginSwitch(Base):
    """One plugin's switch, for the whole country (`unit_id` None) or at one unit."""

    __tablename__ = "plugin_switch"
    __table_args__ = (Index("uq_plugin_switch_plugin", "plugin", text("coalesce(unit_id, 0)"), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    enabled: Mapped[bool]
    message: Mapped[str] = mapped_column(server_default="")
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
