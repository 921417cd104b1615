"""What every table is declared with: the metadata, and the types of more than one of them."""

from messenger.store.sql import TIMESTAMP, UUID, sa

metadata = sa.MetaData()
Moment = TIMESTAMP(timezone=True)
Key = UUID(as_uuid=False)
Bytewise = sa.Text(collation="C")
