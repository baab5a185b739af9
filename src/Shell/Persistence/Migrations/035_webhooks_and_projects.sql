-- A webhook that waits is found by when it may be tried, whether it is new, failed or held: the end of a lease is a next attempt too.
update webhook set next_attempt_at = greatest(next_attempt_at, leased_until) where state = 'pending' and leased_until > next_attempt_at;

alter table webhook drop column leased_until;

drop index webhook_open;

-- It spans partitions as the batch claim does, and is no key.
create index webhook_due on webhook (next_attempt_at) where state = 'pending';

create index webhook_over on webhook (received_at) where state = 'processed';

create index webhook_dead on webhook (installation_id, received_at) where state = 'dead';

-- Which projects of the customer's use a resource, as Vercel told last. A project that was disconnected stays, with the moment.
create table project_connection (
    installation_id text        not null,
    resource_id     text        not null,
    project_id      text        not null,
    connected       boolean     not null,
    name            text,
    targets         text[]      not null,
    -- By Vercel's clock, and by which webhook: what was told before changes nothing.
    told_at         timestamptz not null,
    told_by         text        not null,
    primary key (installation_id, resource_id, project_id)
);

-- Who of a team has which role, as Vercel told last.
create table installation_member (
    installation_id text        not null,
    user_id         text        not null,
    role            text        not null check (role in ('admin', 'user', 'none')),
    told_at         timestamptz not null,
    told_by         text        not null,
    primary key (installation_id, user_id)
);

-- When Vercel last told of something that an installation has one of: its team, its scopes, its end.
create table installation_news (
    installation_id text        not null,
    subject         text        not null,
    told_at         timestamptz not null,
    told_by         text        not null,
    primary key (installation_id, subject)
);
