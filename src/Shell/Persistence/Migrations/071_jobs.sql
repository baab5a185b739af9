-- What the nodes say of the jobs, and what people ask of them: the same whatever wakes the jobs. It belongs to no installation. All these
-- times are real ones and the database's own, whatever the clock of decisions says.

-- Every job that a node has announced, for those who run none.
create table job (
    job_id           text        primary key,
    does             text        not null,
    interval_seconds integer     check (interval_seconds > 0),
    cron             text,
    announced_at     timestamptz not null,
    check ((interval_seconds is null) <> (cron is null))
);

-- A job that no node may run until somebody resumes it.
create table job_pause (
    job_id    text        primary key,
    paused_by text        not null,
    reason    text        not null,
    paused_at timestamptz not null default clock_timestamp()
);

-- A run that somebody has asked for; whichever run begins next takes it.
create table job_request (
    job_id       text        primary key,
    requested_by text        not null,
    reason       text        not null,
    requested_at timestamptz not null default clock_timestamp(),
    -- When a node last woke the job for it.
    woken_at     timestamptz not null default '-infinity'
);

-- A run that was asked for and is under way, until its node has written down how it ended. Should the node die or stop, it is asked for again.
create table job_request_begun (
    node         text        not null,
    job_id       text        not null,
    begun_at     timestamptz not null,
    requested_by text        not null,
    reason       text        not null,
    requested_at timestamptz not null,
    primary key (node, job_id, begun_at)
);

-- What people have done to jobs, and why.
create table job_action (
    job_id   text        not null,
    sequence bigint      generated always as identity,
    action   text        not null check (action in ('run', 'pause', 'resume')),
    actor    text        not null,
    cause    text        not null,
    done_at  timestamptz not null default clock_timestamp(),
    primary key (job_id, sequence)
);

-- The processes that run jobs.
create table job_node (
    node       text        primary key,
    version    text        not null,
    jobs       text[]      not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at    timestamptz not null default clock_timestamp(),
    -- When it stopped as it should.
    stopped_at timestamptz,
    -- When it was found to be silent for too long; it may come back.
    lost_at    timestamptz,
    -- What is under way there: since when, by job.
    running    jsonb       not null default '{}'
);

-- One run, or those of one minute that one node did alike, each in no time: a job that is woken every second would fill the disk.
create table job_run (
    job_id               text        not null,
    started_at           timestamptz not null,
    node                 text        not null,
    ended_at             timestamptz not null,
    outcome              text        not null check (outcome in ('succeeded', 'failed', 'stopped', 'lost')),
    runs                 integer     not null check (runs > 0),
    -- Of all of them together, and of the longest.
    milliseconds         bigint      not null check (milliseconds >= 0),
    longest_milliseconds bigint      not null check (longest_milliseconds between 0 and milliseconds),
    error                text,
    requested_by         text,
    reason               text,
    primary key (job_id, started_at, node)
);
