-- The ledger of prepaid money is read from its end: each entry says how its balance stands after it, and each that burns, how much of its
-- use is burnt. The sums stay provable: an entry that does not go on from the one before is refused, and so is a second one in its place.
alter table balance_entry
    -- Whose balance: nobody's text for that of the installation, so that it can be part of a key.
    add column balance         text not null generated always as (coalesce(resource_id, '')) stored,
    add column position        integer,
    add column balance_after   numeric,
    -- The entry that left nothing, since when nothing was left.
    add column empty_since     timestamptz,
    -- What is burnt is counted by plan and period, once for each hour.
    add column billing_plan_id text,
    add column period_start    timestamptz,
    add column period_end      timestamptz,
    add column hour_start      timestamptz,
    add column burnt_after     numeric;

alter table balance_entry disable trigger balance_entry_append_only;

-- Nothing was burnt before, so that every balance is what was bought.
update balance_entry e set position = o.position, balance_after = o.balance_after
from (
    select installation_id, cause, entry_number, row_number() over page as position, sum(amount) over page as balance_after
    from balance_entry
    window page as (partition by installation_id, balance order by entered_at, cause, entry_number rows unbounded preceding)) o
where e.installation_id = o.installation_id and e.cause = o.cause and e.entry_number = o.entry_number;

alter table balance_entry enable trigger balance_entry_append_only;

alter table balance_entry
    alter column position set not null,
    alter column balance_after set not null,
    add check (position >= 1),
    add check ((balance_after > 0) = (empty_since is null)),
    add check (num_nulls(billing_plan_id, period_start, period_end, hour_start, burnt_after) in (0, 5)),
    add check (period_start < period_end),
    add check (burnt_after >= 0);

create unique index balance_entry_page on balance_entry (installation_id, balance, position);

create unique index balance_entry_burn on balance_entry (installation_id, balance, billing_plan_id, period_start, hour_start)
    where burnt_after is not null;

create function balance_entry_goes_on() returns trigger language plpgsql as $$
declare
    before balance_entry;
    burnt_before numeric := 0;
begin
    if new.position > 1 then
        select * into before from balance_entry e
        where e.installation_id = new.installation_id and e.balance = coalesce(new.resource_id, '') and e.position = new.position - 1;
        if not found then
            raise exception 'entry % of a balance comes before entry %', new.position, new.position - 1 using errcode = 'check_violation';
        end if;
    end if;
    if new.balance_after <> coalesce(before.balance_after, 0) + new.amount then
        raise exception 'a balance is the sum of its ledger' using errcode = 'check_violation';
    end if;
    if new.burnt_after is not null then
        select e.burnt_after into burnt_before from balance_entry e
        where e.installation_id = new.installation_id and e.balance = coalesce(new.resource_id, '')
            and e.billing_plan_id = new.billing_plan_id and e.period_start = new.period_start and e.burnt_after is not null
        order by e.hour_start desc limit 1;
        if new.burnt_after <> coalesce(burnt_before, 0) - new.amount then
            raise exception 'what is burnt is the sum of its entries' using errcode = 'check_violation';
        end if;
    end if;
    return new;
end $$;

create trigger balance_entry_goes_on before insert on balance_entry
    for each row execute function balance_entry_goes_on();

-- What Vercel was told of the balances, by the hour. An hour without a row is made good by any later one: the newest statement wins.
create table balance_statement (
    installation_id text        not null references installation,
    slot_start      timestamptz not null,
    stated_at       timestamptz not null,
    balances        jsonb       not null,
    -- Vercel's reason; null where it took the statement.
    refusal         text,
    primary key (installation_id, slot_start)
);
