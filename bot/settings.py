"""Settings: the environment and `.env`, typed and validated. One instance is made at the door and passed in."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import HostError
from bot.media.limits import Limits
from bot.rules import HostRules, Quota


class Settings(BaseSettings):
    """Every setting is told in `.env.example`; an environment variable of the same name wins over `.env`."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    discord_token: SecretStr | None = None
    device: Literal["auto", "cuda", "mps", "cpu"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    models: Literal["hub", "starter", "auto"] | None = None
    modelset: Literal["auto", "small", "gpu"] = "auto"
    task_models: dict[str, str] = Field(default_factory=dict)
    member_models: Literal["any"] | tuple[str, ...] = ()
    member_model_gb: float = Field(default=2.0, ge=0)
    hf_token: SecretStr | None = None
    data_dir: Path = Path("data")
    data_key: SecretStr | None = None
    database_url: str | None = None
    model_memory_gb: float | None = Field(default=None, gt=0)
    model_idle_minutes: float = Field(default=30.0, gt=0)
    pinned_tasks: tuple[str, ...] = ()
    max_file_mb: float = Field(default=25.0, gt=0)
    max_megapixels: float = Field(default=50.0, gt=0)
    max_minutes: float = Field(default=30.0, gt=0)
    max_frames: int = Field(default=32, ge=1, le=256)
    queue_limit: int = Field(default=200, ge=1)
    member_at_once: int = Field(default=5, ge=0)
    member_a_minute: int = Field(default=20, ge=0)
    member_a_day: int = Field(default=500, ge=0)
    member_seconds_a_day: int = Field(default=3_600, ge=0)
    server_at_once: int = Field(default=100, ge=0)
    server_a_minute: int = Field(default=300, ge=0)
    server_a_day: int = Field(default=10_000, ge=0)
    server_seconds_a_day: int = Field(default=43_200, ge=0)
    exempt_roles: frozenset[int] = frozenset()
    allowed_servers: frozenset[int] = frozenset()
    denied_servers: frozenset[int] = frozenset()
    allowed_members: frozenset[int] = frozenset()
    denied_members: frozenset[int] = frozenset()
    keep_minutes: float = Field(default=60.0, ge=0, le=1440)
    shutdown_grace: float = Field(default=20.0, ge=0)

    @property
    def database(self) -> str:
        """Where the bot's own records are, as SQLAlchemy reads it."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'bot.db'}"

    @property
    def limits(self) -> Limits:
        """What an attachment may have."""
        return Limits(
            bytes=int(self.max_file_mb * 1e6),
            pixels=int(self.max_megapixels * 1e6),
            seconds=self.max_minutes * 60,
            frames=self.max_frames,
        )

    @property
    def rules(self) -> HostRules:
        """Who may ask, and for how much."""
        return HostRules(
            member=Quota(self.member_at_once, self.member_a_minute, self.member_a_day, self.member_seconds_a_day),
            server=Quota(self.server_at_once, self.server_a_minute, self.server_a_day, self.server_seconds_a_day),
            exempt_roles=self.exempt_roles,
            allowed_servers=self.allowed_servers,
            denied_servers=self.denied_servers,
            allowed_members=self.allowed_members,
            denied_members=self.denied_members,
        )


def read_settings() -> Settings:
    """The settings of this process. HostError naming the variable where one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise HostError(f"The settings in the environment or .env are wrong. {problems}", HostError.CONFIG) from None
