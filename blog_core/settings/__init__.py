"""Typed settings from defaults, file, environment and code; every value knows its source."""

from blog_core.settings.core import CommentSettings, CoreSettings, MailSettings, ServeSettings
from blog_core.settings.declare import SettingsModel
from blog_core.settings.loading import RawSettings, Settings, load_settings
from blog_core.settings.plugin_names import PluginSpec
from blog_core.settings.production import kept_secret_key
from blog_core.settings.report import SettingReport

__all__ = [
    "CommentSettings",
    "CoreSettings",
    "MailSettings",
    "PluginSpec",
    "RawSettings",
    "ServeSettings",
    "SettingReport",
    "Settings",
    "SettingsModel",
    "kept_secret_key",
    "load_settings",
]
