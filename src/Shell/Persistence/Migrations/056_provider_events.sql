-- Where the provider's backend hears what happens: one row, or none where nobody listens. Whoever delivers the events says so at its start.
create table provider_event_outlet (
    is_the_one boolean     primary key default true check (is_the_one),
    url        text        not null,
    -- What it wants to hear; everything when null.
    types      text[],
    -- It answered that it wants no more. Events go on being kept, and wait.
    stopped_at timestamptz
);

create domain provider_event_state as text check (value in ('pending', 'delivered', 'dead'));

-- What the provider's backend is told, written with what happened. A test belongs to no installation, and has an empty one.
create table provider_event (
    installation_id text                 not null,
    sequence        bigint               not null generated always as identity,
    type            text                 not null,
    resource_id     text,
    occurred_at     timestamptz          not null,
    -- JSON as it was written: each attempt says the same.
    data            text                 not null,
    state           provider_event_state not null default 'pending',
    -- Business time, both: from when it is tried for so many days, and when next. The lease is real time.
    tried_since     timestamptz          not null,
    next_attempt_at timestamptz          not null default '-infinity',
    leased_until    timestamptz          not null default '-infinity',
    attempts        integer              not null default 0,
    -- In all its life. It never goes back: whoever claimed the event is known again by it.
    tries           integer              not null default 0,
    replays         integer              not null default 0,
    last_error      text,
    last_status     integer,
    last_answer     text,
    closed_at       timestamptz,
    primary key (installation_id, sequence)
);

-- For the claim, which goes from one installation to the next.
create index provider_event_open on provider_event (installation_id, sequence) where state = 'pending';

-- For the operators' lists of everybody's, and to find one by its name alone.
create index provider_event_newest on provider_event (sequence);
create index provider_event_dead on provider_event (sequence) where state = 'dead';
