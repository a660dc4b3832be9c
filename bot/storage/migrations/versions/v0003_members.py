"""What members chose for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("user", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("opted_out", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("members")
