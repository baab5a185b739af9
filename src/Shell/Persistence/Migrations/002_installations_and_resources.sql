-- installation_id is the partition key: first in every primary key and index of tenant data.

create table installation (
    installation_id        text        not null primary key,
    stage                  text        not null check (stage in ('active', 'uninstalling', 'finalized')),
    account_id             text        not null,
    account_url            text        not null,
    account_name           text,
    contact_email          text,
    contact_name           text,
    scopes                 text[]      not null,
    accepted_policies      jsonb       not null,
    billing_plan_id        text,
    installed_at           timestamptz not null,
    uninstall_requested_at timestamptz,
    uninstall_reason       text,
    finalized_at           timestamptz,
    -- Encrypted; gone when the installation is finalized, because the token dies with it.
    access_token           bytea,
    token_type             text,
    check ((stage = 'active') = (uninstall_requested_at is null)),
    check ((stage = 'finalized') = (finalized_at is not null)),
    check ((stage = 'finalized') = (access_token is null))
);

create table resource (
    installation_id text        not null references installation,
    resource_id     text        not null,
    product_id      text        not null,
    name            text        not null,
    metadata        jsonb       not null,
    billing_plan_id text,
    external_id     text,
    edge_config_id  text,
    status          text        not null check
        (status in ('pending', 'onboarding', 'ready', 'suspended', 'resumed', 'error', 'uninstalled')),
    status_reason   text,
    created_at      timestamptz not null,
    uninstalled_at  timestamptz,
    primary key (installation_id, resource_id),
    check ((status = 'uninstalled') = (uninstalled_at is not null)),
    check (status not in ('suspended', 'error') or status_reason is not null)
);

-- [started_at, ended_at): the spans of one resource never overlap, and at most one is open.
create table plan_period (
    installation_id text        not null,
    resource_id     text        not null,
    started_at      timestamptz not null,
    ended_at        timestamptz,
    billing_plan_id text        not null,
    primary key (installation_id, resource_id, started_at),
    foreign key (installation_id, resource_id) references resource,
    check (ended_at >= started_at)
);

create unique index plan_period_open on plan_period (installation_id, resource_id) where ended_at is null;

-- What one provision or rotation minted. The values are encrypted, and erased when they expire.
create table secret_generation (
    installation_id text        not null,
    resource_id     text        not null,
    operation_id    text        not null,
    minted_at       timestamptz not null,
    expires_at      timestamptz,
    expired_at      timestamptz,
    secrets         bytea,
    primary key (installation_id, resource_id, operation_id),
    foreign key (installation_id, resource_id) references resource,
    check ((expired_at is null) = (secrets is not null))
);

create index secret_generation_expiring on secret_generation (installation_id, expires_at)
    where expires_at is not null and expired_at is null;

-- Append-only: who did what, why and when. Holds no secret.
create table domain_event (
    installation_id text        not null,
    event_id        bigint      not null generated always as identity,
    occurred_at     timestamptz not null,
    recorded_at     timestamptz not null default clock_timestamp(),
    resource_id     text,
    kind            text        not null,
    actor           text        not null,
    cause           text        not null,
    detail          jsonb       not null,
    primary key (installation_id, event_id)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;

create trigger domain_event_append_only before update or delete on domain_event
    for each row execute function refuse_change();

-- The first answer to a mutating call, replayed byte for byte. Without an answer, the call is under way or was cut off.
create table idempotency_record (
    installation_id text        not null,
    idempotency_key text        not null,
    request_hash    bytea       not null,
    requested_at    timestamptz not null,
    operation_id    text,
    status_code     integer,
    body            bytea,
    primary key (installation_id, idempotency_key)
);
