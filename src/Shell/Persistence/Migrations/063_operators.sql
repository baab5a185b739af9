-- A browser in which an operator has signed in. Of the cookie's secret only the hash is kept.
create table operator_session (
    session_hash bytea       not null primary key,
    name         text        not null,
    -- Who that is, whatever they are called: at an issuer, or (with an empty one) in the configuration.
    issuer       text        not null,
    subject      text        not null,
    role         text        not null check (role in ('viewer', 'operator')),
    -- What the sign-in rests on, as a hash: where that is configured no more, the session is over.
    ground       bytea       not null,
    started_at   timestamptz not null,
    seen_at      timestamptz not null
);

create index operator_session_person on operator_session (issuer, subject);

-- How often somebody tried to sign in: as somebody, and from somewhere.
create table operator_attempt (
    subject_hash bytea       not null primary key,
    begun_at     timestamptz not null,
    attempts     integer     not null
);

-- What operators did, and tried to do: written before it is done. What it changed at an installation is among that one's events as well.
create table operator_action (
    number  bigint      generated always as identity primary key,
    at      timestamptz not null,
    person  text        not null,
    -- Who that is, whatever they were called; empty where nobody knows.
    issuer  text        not null default '',
    subject text        not null default '',
    action  text        not null,
    -- What it was done to, as far as the form says so.
    about   text        not null,
    reason  text        not null,
    -- From where.
    origin  text        not null,
    outcome text        not null check (outcome in ('begun', 'done', 'refused', 'failed')),
    -- What the person was told of it.
    told    text        not null
);

create index operator_action_person on operator_action (person, number);
create index operator_action_action on operator_action (action, number);
create index operator_action_outcome on operator_action (outcome, number);
-- The words as people write them: what an address or an id is made of is found by itself.
create index operator_action_words on operator_action using gin (
    to_tsvector('simple', translate(person || ' ' || subject || ' ' || action || ' ' || about || ' ' || reason || ' ' || told, '@._-/:', '      ')));
