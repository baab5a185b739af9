-- Since when Vercel should have heard it, where it is put off until there is a token: the due time moves with every attempt. Null where it was not.
alter table outbox_message add column put_off_from timestamptz;
