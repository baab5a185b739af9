-- What the provider's backend reports. An event is known again by installation, source and id. The keys have a table of their own,
-- because no unique key can span the months that the events themselves are kept in.
create table usage_event_key (
    installation_id text        not null,
    source          text collate "C" not null,
    event_id        text collate "C" not null,
    received_at     timestamptz not null,
    primary key (installation_id, source, event_id)
);

-- Keys lie in the order in which they came, so that the oldest are found by a summary of each few pages, which costs nothing to keep.
create index usage_event_key_age on usage_event_key using brin (received_at);

-- Append-only. One table for each month in which something was used, so that a month is dropped and not deleted; the last one holds what
-- falls into a month that nobody has made a table for.
create table usage_event (
    installation_id text        not null,
    resource_id     text        not null,
    metric          text        not null,
    used_at         timestamptz not null,
    quantity        numeric     not null,
    source          text collate "C" not null,
    event_id        text collate "C" not null,
    received_at     timestamptz not null,
    -- The beginning of the period that it is billed with, where its own was closed when it arrived.
    late_in         timestamptz not null
) partition by range (used_at);

create table usage_event_rest partition of usage_event default;

create index usage_event_moment on usage_event (installation_id, used_at);

create trigger usage_event_append_only before update on usage_event
    for each row execute function refuse_change();

-- The sums of hours, which follow from the events: what is read of an hour does not grow with what happened in it. A plan that begins
-- within an hour begins another sum.
create table usage_hour (
    installation_id text        not null,
    resource_id     text        not null,
    metric          text        not null,
    begins_at       timestamptz not null,
    late_in         timestamptz not null,
    -- Of the last event in it: where a plan ended before that, the sum has to be taken apart.
    last_at         timestamptz not null,
    quantity        numeric     not null,
    events          bigint      not null,
    primary key (installation_id, resource_id, metric, begins_at, late_in)
) with (fillfactor = 50);

-- The few that came when their own period was closed.
create index usage_hour_late on usage_hour (installation_id, late_in) where late_in > '-infinity';

-- Up to when an installation's usage is invoiced. What arrives later and was used before is late.
create table usage_closing (
    installation_id text        not null primary key,
    closed_until    timestamptz not null
);

insert into usage_closing (installation_id, closed_until)
select installation_id, max(case when final then 'infinity' else period_end end)
from invoice group by installation_id;

alter table measurement add column late_in timestamptz not null default '-infinity';

-- What the readings of an hour come to, where they were pushed and may be many. A reading that is written makes its hour stale, and a
-- stale hour is read from its readings.
create table measurement_hour (
    installation_id text        not null,
    resource_id     text        not null,
    metric          text        not null,
    -- (hour, hour + 1 h]: a reading tells of the time that led to it.
    hour            timestamptz not null,
    stale           boolean     not null,
    -- Whether any of its readings came when its period was closed.
    late            boolean     not null,
    first_at        timestamptz,
    first_value     numeric,
    last_at         timestamptz,
    last_value      numeric,
    low             numeric,
    high            numeric,
    grown           numeric,
    weighted        numeric,
    primary key (installation_id, resource_id, metric, hour)
) with (fillfactor = 70);

create index measurement_hour_late on measurement_hour (installation_id) where late;

-- For the batch claims of the job that sums them up.
create index measurement_hour_stale on measurement_hour (hour) where stale;

-- An event may leave out whose its resource is.
create index resource_home on resource (resource_id);

-- A table for a month that has none; false where there is one, or where events of the month are in the last one already.
create function make_usage_month(month timestamptz) returns boolean language plpgsql as $$
declare
    of_month text := 'usage_event_' || to_char(month at time zone 'UTC', 'YYYY_MM');
begin
    if to_regclass(of_month) is not null then
        return false;
    end if;

    -- Whoever writes events waits for this, so it waits for nobody.
    perform set_config('lock_timeout', '2s', true);
    execute format('create table %I partition of usage_event for values from (%L) to (%L)', of_month, month,
        (month at time zone 'UTC' + interval '1 month') at time zone 'UTC');
    return true;
exception when check_violation or lock_not_available or duplicate_table then
    return false;
end $$;

-- The months that ended before the moment, whole; and what is older in the table for everything else.
create function drop_usage_months(before timestamptz) returns integer language plpgsql as $$
declare
    of_month text;
    dropped integer := 0;
begin
    for of_month in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'usage_event'::regclass and c.relname ~ '^usage_event_\d{4}_\d{2}$'
            and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= before
    loop
        execute format('drop table %I', of_month);
        dropped := dropped + 1;
    end loop;

    delete from usage_event_rest where used_at < before;
    return dropped;
end $$;
