"""The journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("user", sa.BigInteger),
        sa.Column("server", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("steps", sa.LargeBinary),
        sa.Column("deaths", sa.Integer, nullable=False),
    )
    for column in ("created", "user", "server"):
        op.create_index(f"ix_journal_{column}", "journal", [column])


def downgrade() -> None:
    op.drop_table("journal")
