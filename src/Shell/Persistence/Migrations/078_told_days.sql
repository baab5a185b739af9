-- What each installation's last report of a day told Vercel of it. It follows from what was measured, is written with what became of the hour, and
-- is kept for the few days in which it can change: then it is counted.
create table told_day (
    installation_id text          not null,
    day             timestamptz   not null,
    -- The moment that the report told of.
    as_of           timestamptz   not null,
    -- What the period cost until then, and up to when that is still to be invoiced.
    total           numeric       not null,
    open_until      timestamptz   not null,
    -- Of everything that was measured, in one order.
    products        text[]        not null,
    metrics         text[]        not null,
    quantities      numeric[]     not null,
    primary key (installation_id, day)
) with (fillfactor = 50);

-- For whoever counts the days of everybody.
create index told_day_by_day on told_day (day);

-- The days of everybody, counted anew while reports of them come in. They belong to no installation.
create table ledger_day (
    day        timestamptz not null primary key,
    -- What the periods under way cost so far, and of how many installations.
    total      numeric     not null,
    bills      bigint      not null,
    -- As of which business time.
    counted_at timestamptz not null
);

create table ledger_day_usage (
    day        timestamptz not null,
    product_id text        not null,
    metric     text        not null,
    -- Of all installations together, and the highest of one.
    total      numeric     not null,
    highest    numeric     not null,
    primary key (day, product_id, metric)
);
