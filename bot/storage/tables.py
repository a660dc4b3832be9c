"""The tables. A change here is a migration in `migrations/versions/`; a test holds the two against each other."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("id", String(40), primary_key=True),
    # Seconds since 1970, as `datetime.timestamp` has them.
    Column("created", Float, nullable=False, index=True),
    Column("user", BigInteger, index=True),
    Column("server", BigInteger, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("steps", LargeBinary),
    Column("deaths", Integer, nullable=False, default=0),
)

servers = Table(
    "servers",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # JSON of bot.rules.ServerRules.
    Column("rules", Text, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("user", BigInteger, primary_key=True, autoincrement=False),
    # 0 in direct messages.
    Column("server", BigInteger, primary_key=True, autoincrement=False),
    Column("requests", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("user", BigInteger, primary_key=True, autoincrement=False),
    # Since when nobody else may have their messages processed.
    Column("opted_out", Float, nullable=False),
)
