-- The checks that the catalogue declares, for each project that is connected to a resource: Vercel is told of each once.
create table project_check (
    installation_id text        not null,
    resource_id     text        not null,
    project_id      text        not null,
    check_slug      text        not null,
    state           text        not null default 'wanted' check (state in ('wanted', 'registered', 'refused')),
    check_id        text,
    attempts        integer     not null default 0,
    -- Leases and backoff are real time. The end of a lease is a next attempt: should its holder die, it comes.
    next_attempt_at timestamptz not null default '-infinity',
    last_error      text,
    primary key (installation_id, resource_id, project_id, check_slug)
);

-- They span partitions as the batch claims do, and are no keys.
create index project_check_due on project_check (next_attempt_at) where state = 'wanted';

-- The runs of these checks. One that is over stays, because the news that it begins may be on its way still.
create table check_run (
    installation_id text        not null,
    run_id          text        not null,
    resource_id     text        not null,
    deployment_id   text        not null,
    state           text        not null check (state in ('wanted', 'over')),
    -- Business time; after that nobody waits for it.
    deadline        timestamptz not null,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default '-infinity',
    last_error      text,
    primary key (installation_id, run_id)
);

create index check_run_due on check_run (next_attempt_at) where state = 'wanted';
