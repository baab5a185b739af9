-- The slot ledger by the hour, over all installations: what an operator looks at first. A row of the ledger is written about the hour that it is
-- for, so that rows of one hour lie beside each other, and an index of the ranges of pages finds them: it costs a write next to nothing.
-- It spans partitions on purpose, and is no key.
create index usage_slot_by_hour on usage_slot using brin (slot_start, changed_at) with (pages_per_range = 16, autosummarize = on);

-- What Vercel does not have, or not by its own report: few, and looked at one by one. It spans partitions on purpose too.
create index usage_slot_trouble on usage_slot (state, slot_start, installation_id) where state <> 'confirmed';

-- Of those what somebody may have to do something about: as long as Vercel takes reports of its period.
create index usage_slot_amiss on usage_slot (state, period_end) where state in ('refused', 'dead');

-- How many slots of an hour stand how. It follows from the ledger, and is counted anew when that has changed; it belongs to no installation.
create table ledger_hour (
    slot_start timestamptz not null primary key,
    sent       bigint      not null,
    confirmed  bigint      not null,
    refused    bigint      not null,
    dead       bigint      not null,
    superseded bigint      not null,
    -- As of which business time.
    counted_at timestamptz not null
);

create index ledger_hour_counted on ledger_hour (counted_at);

insert into ledger_hour (slot_start, sent, confirmed, refused, dead, superseded, counted_at)
select slot_start, count(*) filter (where state = 'sent'), count(*) filter (where state = 'confirmed'), count(*) filter (where state = 'refused'),
    count(*) filter (where state = 'dead'), count(*) filter (where state = 'superseded'), max(changed_at)
from usage_slot group by slot_start;
