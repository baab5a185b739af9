-- Installations of the second kind, which have nothing to do with those that are sold and billed.
create table connection (
    installation_id text        not null primary key,
    stage           text        not null check (stage in ('active', 'ended')),
    -- Whose it is: a team's or, without one, that user's own.
    team_id         text,
    owner_user_id   text,
    connected_by    text        not null,
    connected_at    timestamptz not null,
    ended_at        timestamptz,
    end_reason      text,
    replaced_by     text,
    -- Encrypted; gone with the connection.
    access_token    bytea,
    token_type      text,
    check ((team_id is null) <> (owner_user_id is null)),
    check ((stage = 'ended') = (ended_at is not null)),
    check ((stage = 'ended') = (end_reason is not null)),
    check ((stage = 'ended') = (access_token is null))
);

alter table team_installation drop constraint team_installation_kind_check;
alter table team_installation add check (kind in ('native', 'connectable'));

-- On the way to Vercel and not back yet: the state that comes back once, to the browser that left with it. No installation is known.
create table connect_attempt (
    state_hash   bytea       not null primary key,
    browser_hash bytea       not null,
    begun_at     timestamptz not null
);
