-- An intent to change the world outside, committed before the attempt and closed after it.
create table operation (
    installation_id text        not null,
    operation_id    text        not null,
    sequence        bigint      not null generated always as identity,
    resource_id     text        not null,
    kind            text        not null check (kind in
        ('provision', 'change_plan', 'suspend', 'resume', 'rotate', 'expire_secrets', 'deprovision')),
    detail          jsonb       not null,
    state           text        not null default 'pending' check (state in ('pending', 'done', 'refused')),
    -- The caller was told 'pending', so the outcome must be sent to Vercel.
    handed_over     boolean     not null default false,
    requested_at    timestamptz not null,
    attempts        integer     not null default 0,
    -- Leases and backoff are real time, by the database's own clock: a virtual jump must not move them.
    next_attempt_at timestamptz not null default clock_timestamp(),
    leased_until    timestamptz not null default '-infinity',
    last_error      text,
    closed_at       timestamptz,
    primary key (installation_id, operation_id),
    foreign key (installation_id, resource_id) references resource,
    check ((state = 'pending') = (closed_at is null))
);

create index operation_open on operation (installation_id, resource_id, sequence) where state = 'pending';

-- What Vercel must hear, written with the state that caused it. What a message says is read when it is sent.
create table outbox_message (
    installation_id text        not null,
    sequence        bigint      not null generated always as identity,
    resource_id     text        not null,
    kind            text        not null check (kind in ('resource_state', 'resource_secrets', 'resource_adoption')),
    state           text        not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
    created_at      timestamptz not null,
    -- Business time before which it must not be sent.
    due_at          timestamptz not null,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    leased_until    timestamptz not null default '-infinity',
    last_error      text,
    closed_at       timestamptz,
    primary key (installation_id, sequence),
    check ((state = 'pending') = (closed_at is null))
);

create index outbox_message_open on outbox_message (installation_id, sequence) where state = 'pending';

-- Webhooks as they arrived, stored before they are acknowledged.
create table webhook (
    installation_id text        not null,
    webhook_id      text        not null,
    type            text        not null,
    -- json keeps the text as it arrived; jsonb rewrites it, and refuses escapes that are valid JSON.
    body            json        not null,
    received_at     timestamptz not null,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    leased_until    timestamptz not null default '-infinity',
    last_error      text,
    state           text        not null default 'pending' check (state in ('pending', 'processed', 'dead')),
    closed_at       timestamptz,
    primary key (installation_id, webhook_id)
);

create index webhook_open on webhook (installation_id, received_at) where state = 'pending';

-- What a provisioner read, immutable: all usage is derived from it.
create table measurement (
    installation_id text        not null,
    resource_id     text        not null,
    metric          text        not null,
    measured_at     timestamptz not null,
    value           numeric     not null check (value >= 0),
    primary key (installation_id, resource_id, metric, measured_at),
    foreign key (installation_id, resource_id) references resource
);
