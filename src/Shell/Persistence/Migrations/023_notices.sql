-- What the customer is told beside a resource or an installation, by who tells it.
alter table resource add column notices jsonb not null default '{}';

alter table installation add column notices jsonb not null default '{}';

-- A message without a resource is about the installation.
alter table outbox_message alter column resource_id drop not null;
