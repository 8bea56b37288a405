"""Permissions of the plugin host."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

PLUGIN_READ = permission("pluginhost.plugin.read", _("See the plugins"), writes=False)
PLUGIN_SWITCH = permission("pluginhost.plugin.switch", _("Switch plugins on and off"), writes=True)
