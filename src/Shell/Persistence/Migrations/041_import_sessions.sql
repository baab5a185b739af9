-- A customer on the way from Vercel to what is imported, and back. Bound to one browser, whose secret is not kept, and to one state of
-- Vercel's, which nobody else can begin with again.
create table import_session (
    installation_id text        not null references installation,
    session_hash    bytea       not null,
    state_hash      bytea       not null,
    -- Encrypted: Vercel's state, and what the customer signed in with until it is imported.
    state           bytea       not null,
    sign_in         bytea,
    return_url      text        not null,
    product_id      text,
    started_at      timestamptz not null,
    attempts        integer     not null default 0,
    resource_id     text,
    primary key (installation_id, session_hash)
);

create unique index import_session_state on import_session (installation_id, state_hash);

-- How often somebody tried to sign in as somebody. It is not an installation's: whoever guesses, begins as many sessions as it takes.
create table import_attempt (
    product_id   text        not null,
    subject_hash bytea       not null,
    begun_at     timestamptz not null,
    attempts     integer     not null,
    primary key (product_id, subject_hash)
);
