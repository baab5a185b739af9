-- Who the team of an installation is, Vercel is asked again and again. What is new is due at once; later it is business time.
alter table installation
    add column account_due_at timestamptz not null default 'epoch',
    add column account_attempts integer not null default 0,
    -- Leases and backoff are real time.
    add column account_next_attempt_at timestamptz not null default '-infinity';

-- It spans partitions as the batch claim does, and is no key.
create index installation_account_due on installation (account_due_at) where stage = 'active';
