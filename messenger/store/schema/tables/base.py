"""What every table is declared with: the metadata, and the types of more than one of them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

metadata = sa.MetaData()
Moment = TIMESTAMP(timezone=True)
Key = UUID(as_uuid=False)
Bytewise = sa.Text(collation="C")
