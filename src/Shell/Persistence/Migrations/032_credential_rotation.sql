-- A token is replaced while it is in use: the new one stands beside it until it has worked, then the old one until it is revoked. Encrypted,
-- as the token itself.
alter table installation
    add column next_access_token bytea,
    add column next_token_type text,
    add column former_access_token bytea,
    -- Asked for, or begun, and not yet ended.
    add column rotation_open boolean not null default false,
    add column credentials_rotated_at timestamptz,
    -- Leases and backoff are real time.
    add column rotation_attempts integer not null default 0,
    add column rotation_next_attempt_at timestamptz not null default '-infinity',
    add check (next_access_token is null or former_access_token is null),
    add check ((next_access_token is null) = (next_token_type is null));

-- They span partitions as the batch claim does, and are no keys.
create index installation_rotation_open on installation (rotation_next_attempt_at) where rotation_open;
create index installation_credentials_age on installation (coalesce(credentials_rotated_at, installed_at)) where stage = 'active';
