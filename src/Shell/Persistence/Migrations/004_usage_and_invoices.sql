-- When a job has to look at an installation again. Due times are business time; leases and backoff are real time.
create table billing_schedule (
    installation_id text        not null references installation,
    work            text        not null check (work in ('usage', 'invoices', 'finalization')),
    due_at          timestamptz not null,
    -- Counts who changed the due time, so that work under way does not overwrite what it has not seen.
    revision        bigint      not null default 0,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    leased_until    timestamptz not null default '-infinity',
    last_error      text,
    primary key (installation_id, work)
);

-- The slot ledger: for every installation and hour, how far its report has come. An hour without a row is due, or was missed.
create table usage_slot (
    installation_id text        not null references installation,
    slot_start      timestamptz not null,
    period_start    timestamptz not null,
    period_end      timestamptz not null,
    state           text        not null check (state in ('sent', 'confirmed', 'refused', 'dead', 'superseded')),
    changed_at      timestamptz not null,
    reason          text,
    superseded_by   timestamptz,
    primary key (installation_id, slot_start),
    check (date_trunc('hour', slot_start, 'UTC') = slot_start),
    check ((state in ('refused', 'dead')) = (reason is not null)),
    check ((state = 'superseded') = (superseded_by is not null))
);

create table invoice (
    installation_id   text        not null references installation,
    external_id       text        not null,
    period_start      timestamptz not null,
    period_end        timestamptz not null,
    invoice_date      timestamptz not null,
    final             boolean     not null,
    total             numeric     not null check (total >= 0),
    state             text        not null check (state in ('drafted', 'submitted', 'accepted', 'notpaid', 'overdue', 'paid',
                                                            'refund_requested', 'refunded', 'refused', 'skipped')),
    changed_at        timestamptz not null,
    vercel_invoice_id text,
    last_attempt_at   timestamptz,
    reasons           text[],
    refunded_amount   numeric,
    refund_reason     text,
    primary key (installation_id, external_id),
    check (invoice_date >= period_start and invoice_date < period_end),
    check (vercel_invoice_id is not null or state in ('drafted', 'submitted', 'refused', 'skipped'))
);

-- One invoice for an installation and period.
create unique index invoice_period on invoice (installation_id, period_start, final);

create table invoice_line (
    installation_id text    not null,
    external_id     text    not null,
    line_number     integer not null,
    resource_id     text    not null,
    billing_plan_id text    not null,
    name            text    not null,
    details         text    not null,
    price           numeric not null check (price >= 0),
    quantity        numeric not null check (quantity >= 0),
    units           text    not null,
    total           numeric not null check (total >= 0 and total = round(total, 2)),
    starts_at       timestamptz,
    ends_at         timestamptz,
    primary key (installation_id, external_id, line_number),
    foreign key (installation_id, external_id) references invoice on delete cascade
);

-- A resource is billed once for a plan and period: the second invoice for it cannot be written (contract §D.8, limit 1).
create table invoice_coverage (
    installation_id text        not null,
    resource_id     text        not null,
    billing_plan_id text        not null,
    period_start    timestamptz not null,
    external_id     text        not null,
    primary key (installation_id, resource_id, billing_plan_id, period_start),
    foreign key (installation_id, external_id) references invoice on delete cascade
);
