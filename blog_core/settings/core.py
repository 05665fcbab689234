"""The core's settings. Each field's description is its line in the reference and in the admin."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from blog_core.settings.declare import (
    AbsolutePath,
    DatabaseUrl,
    PathPrefix,
    SettingsModel,
    TimeZone,
    WebAddress,
)
from blog_core.settings.plugin_names import PluginName

MIB = 1024 * 1024


class MailSettings(SettingsModel):
    """`[mail]`: how messages leave the house."""

    transport: Literal["console", "smtp"] = Field(
        "console", description="`console` prints messages to the log; `smtp` sends them"
    )
    sender: str = Field("blog@localhost", description="address in the From line")
    smtp_host: str = Field("localhost", description="name of the SMTP server")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the SMTP server")
    smtp_user: str = Field("", description="user name at the SMTP server; empty: no sign-in")
    smtp_password: SecretStr = Field(SecretStr(""), description="password at the SMTP server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="encryption of the connection to the SMTP server"
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="longest wait for the SMTP server")


class CommentSettings(SettingsModel):
    """`[comments]`: who may comment and what is shown at once."""

    enabled: bool = Field(True, description="whether readers can comment at all")
    hold: Literal["all", "first", "none"] = Field(
        "first", description="hold every comment, a writer's first, or none for moderation"
    )
    max_chars: int = Field(10_000, ge=100, le=100_000, description="longest comment accepted")
    max_links: int = Field(2, ge=0, le=100, description="more links than this hold a comment")
    per_hour: int = Field(10, ge=1, le=10_000, description="comments an hour from one address")
    close_after_days: int = Field(0, ge=0, description="close old posts' comments; 0: never")
    keep_spam_days: int = Field(30, ge=0, description="days until spam is removed; 0: never")
    mail_to: tuple[str, ...] = Field(
        (), description="addresses that hear of comments that wait, at most once an hour"
    )


class RestSettings(SettingsModel):
    """`[rest]`: the REST API."""

    requests_per_minute: int = Field(
        600, ge=1, le=1_000_000, description="requests a minute with one token"
    )


class WebhookSettings(SettingsModel):
    """`[webhooks]`: messages to other programs about what happened to posts."""

    allow_private: bool = Field(
        False, description="send to addresses of private networks and of this machine too"
    )
    timeout_s: float = Field(
        10.0, gt=0, le=60, description="longest time for sending one message and its answer"
    )


class ServeSettings(SettingsModel):
    """`[serve]`: the server that `blog serve` starts."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0: a free one")
    workers: int = Field(
        0, ge=0, le=256, description="processes; 0: one on SQLite, one a core on PostgreSQL"
    )
    threads: int = Field(8, ge=1, le=256, description="threads of each process")


class CoreSettings(SettingsModel):
    """The settings without a section."""

    environment: Literal["development", "production", "test"] = Field(
        "development", description="`production` refuses to start with an unsafe setting"
    )
    debug: bool = Field(False, description="show tracebacks in the browser; never in production")
    database_url: DatabaseUrl = Field(description="a sqlite:/// or postgresql:// URL")
    data_dir: AbsolutePath = Field(
        description="folder of the SQLite file, the media and run-time files"
    )
    site_url: WebAddress = Field(
        "", description="public address, such as https://example.org/blog, for links and feeds"
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="host names answered to; empty: that of site_url, or any if that is unset"
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="key of signatures; empty: made once and kept in data_dir"
    )
    plugins: tuple[PluginName, ...] = Field(
        (), description="plugins to load, in the order in which their hooks are called"
    )
    title: str = Field("A blog", min_length=1, max_length=255, description="name of the blog")
    tagline: str = Field("", max_length=255, description="a line below the name")
    language: str = Field(
        "en", pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", description="language of the texts"
    )
    timezone: TimeZone = Field("UTC", description="time zone of the dates shown")
    posts_per_page: int = Field(10, ge=1, le=100, description="posts on one page of a list")
    feed_posts: int = Field(20, ge=1, le=100, description="posts in a feed")
    theme_dir: AbsolutePath | None = Field(
        None, description="folder whose templates and files come before the built-in theme's"
    )
    admin_prefix: PathPrefix = Field("/admin", description="path of the admin below the blog's")
    rest_prefix: PathPrefix = Field("/api/v1", description="path of the REST API below the blog's")
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="reverse proxies in front whose X-Forwarded-For and -Proto are believed; "
        "in a host app that is the app's own matter",
    )
    session_days: int = Field(14, ge=1, le=365, description="days until a sign-in ends")
    max_body_bytes: int = Field(MIB, ge=1024, description="largest request body, uploads apart")
    max_upload_bytes: int = Field(20 * MIB, ge=1024, description="largest uploaded file")
    mail: MailSettings = Field(default_factory=MailSettings)
    comments: CommentSettings = Field(default_factory=CommentSettings)
    rest: RestSettings = Field(default_factory=RestSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)
    serve: ServeSettings = Field(default_factory=ServeSettings)

    @property
    def answered_hosts(self) -> tuple[str, ...]:
        """The host names this blog answers to; empty: any."""
        own = urlsplit(self.site_url).hostname
        return self.allowed_hosts or ((own,) if own else ())
