-- A browser in which somebody has signed on, once for each installation. Of the cookie's secret only the hash is kept.
create table customer_session (
    installation_id text        not null references installation,
    session_hash    bytea       not null,
    -- The person within this integration, as tokens and webhooks name them.
    user_id         text        not null,
    role            text        not null check (role in ('admin', 'user')),
    -- The person's own name, for them to read.
    shown_as        text,
    started_at      timestamptz not null,
    seen_at         timestamptz not null,
    primary key (installation_id, session_hash)
);

create index customer_session_user on customer_session (installation_id, user_id);

-- A sign-on that began on our side and is not back yet: which browser it belongs to. It is taken once.
create table sign_on (
    installation_id text        not null references installation,
    state_hash      bytea       not null,
    browser_hash    bytea       not null,
    begun_at        timestamptz not null,
    primary key (installation_id, state_hash)
);
