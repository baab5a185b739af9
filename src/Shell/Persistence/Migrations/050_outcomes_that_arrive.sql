-- What somebody who had answered "pending" told of the operation later, encrypted: it may hold secrets. Gone when the operation is closed.
alter table operation add column told bytea;
