-- What a resource does for deployments that wait for it.
create table deployment_action (
    installation_id text        not null,
    resource_id     text        not null,
    deployment_id   text        not null,
    action          text        not null,
    stage           text        not null check (stage in ('wanted', 'succeeded', 'leaving', 'gone')),
    -- Business time from which there is something to do; null where there is nothing.
    due_at          timestamptz,
    changed_at      timestamptz not null,
    -- An outcome was sent, and may have arrived.
    may_be_told     boolean     not null default false,
    attempts        integer     not null default 0,
    -- Leases and backoff are real time. The end of a lease is a next attempt: should its holder die, it comes.
    next_attempt_at timestamptz not null default '-infinity',
    last_error      text,
    primary key (installation_id, resource_id, deployment_id, action),
    check ((stage in ('wanted', 'leaving')) = (due_at is not null))
);

-- It spans partitions as the batch claim does, and is no key.
create index deployment_action_due on deployment_action (next_attempt_at) where due_at is not null;
