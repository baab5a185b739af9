-- The keys of the Provider API, which belong to the provider and to no installation. Of each only its hash is kept, and its first
-- characters, by which a person knows it again.
create table provider_key (
    key_id     text        not null primary key,
    name       text        not null,
    prefix     text        not null,
    key_hash   bytea       not null unique,
    scopes     text[]      not null check (cardinality(scopes) > 0),
    created_at timestamptz not null default clock_timestamp(),
    revoked_at timestamptz
);
