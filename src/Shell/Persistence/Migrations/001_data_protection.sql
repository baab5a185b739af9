-- The key ring that encrypts tokens and secrets at rest. Each key is itself sealed with what configuration names.
create table data_protection_key (
    id            bigint generated always as identity primary key,
    friendly_name text not null unique,
    xml           text not null,
    created_at    timestamptz not null default now()
);
