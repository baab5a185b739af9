-- The billing period that an invoice belongs to. The period that Vercel is told is another one where plans were taken up in it, or where an
-- earlier period came to too little. Test invoices are shown and charged to nobody.
alter table invoice
    add column billing_period_start timestamptz,
    add column billing_period_end   timestamptz,
    add column take_up              boolean not null default false,
    add column rest                 text check (rest in ('nothing', 'carried', 'waived')),
    add column test_result          text check (test_result in ('paid', 'notpaid', 'overdue')),
    add column test_validate        boolean;

update invoice set billing_period_start = period_start, billing_period_end = period_end,
    rest = case when state = 'skipped' then case when total = 0 then 'nothing' else 'waived' end end;

alter table invoice drop constraint invoice_state_check, drop constraint invoice_check1;

alter table invoice
    alter billing_period_start set not null,
    alter billing_period_end set not null,
    alter take_up drop default,
    add constraint invoice_billing_period check (billing_period_start < billing_period_end),
    add constraint invoice_rest check ((state = 'skipped') = (rest is not null)),
    add constraint invoice_test check ((test_result is null) = (test_validate is null)),
    -- Vercel does not send it to the customer (contract §D.8).
    add constraint invoice_is_worth_sending check (state = 'skipped' or total >= 0.50),
    add constraint invoice_state_check check (state in ('drafted', 'submitted', 'known', 'accepted', 'notpaid', 'overdue', 'paid',
                                                        'refund_requested', 'refunded', 'refused', 'skipped')),
    add constraint invoice_vercel_id check (
        vercel_invoice_id is not null or state in ('drafted', 'submitted', 'known', 'refused', 'skipped'));

-- Coverage says the same better: several invoices may close a period, if none of them bills what another does.
drop index invoice_period;

alter table invoice_line drop constraint invoice_line_kind_check,
    add constraint invoice_line_kind_check check (kind in ('base', 'metered', 'minimum', 'one-time', 'correction'));

-- What was billed and is not owed after all (above zero), and what of it is given back on which plan of which invoice (below zero).
create table invoice_credit (
    installation_id    text        not null,
    external_id        text        not null,
    entry_number       integer     not null,
    resource_id        text,
    billing_plan_id    text        not null,
    period_start       timestamptz not null,
    kind               text        not null check (kind in ('unused', 'correction')),
    name               text        not null,
    amount             numeric     not null check (amount <> 0 and amount = round(amount, 2)),
    on_resource_id     text,
    on_billing_plan_id text,
    primary key (installation_id, external_id, entry_number),
    foreign key (installation_id, external_id) references invoice on delete cascade,
    check ((amount < 0) = (on_billing_plan_id is not null))
);

-- An invoice that came to too little is on one later invoice, whole.
create table invoice_carry (
    installation_id text not null,
    carried_id      text not null,
    external_id     text not null,
    primary key (installation_id, carried_id),
    foreign key (installation_id, carried_id) references invoice (installation_id, external_id),
    foreign key (installation_id, external_id) references invoice (installation_id, external_id) on delete cascade
);

-- No two invoices bill a subject by one plan for the same moment (contract §D.8, limit 1): the periods are a chain, in which each names the
-- end of the one before it, and none may be named twice.
alter table invoice_coverage
    add column period_end timestamptz,
    add column follows    timestamptz,
    add column subject    text generated always as (coalesce(resource_id, '')) stored;

update invoice_coverage c set period_end = i.period_end, follows = b.follows
from invoice i, (
    select installation_id, subject, billing_plan_id, period_start,
        lag(period_end) over (partition by installation_id, subject, billing_plan_id order by period_start) as follows
    from (
        select c.installation_id, coalesce(c.resource_id, '') as subject, c.billing_plan_id, c.period_start, i.period_end
        from invoice_coverage c join invoice i using (installation_id, external_id)) as covered) as b
where i.installation_id = c.installation_id and i.external_id = c.external_id and b.installation_id = c.installation_id
    and b.subject = coalesce(c.resource_id, '') and b.billing_plan_id = c.billing_plan_id and b.period_start = c.period_start;

alter table invoice_coverage
    alter period_end set not null,
    drop constraint invoice_coverage_once,
    add check (period_start < period_end),
    add constraint invoice_coverage_overlaps check (follows <= period_start),
    add constraint invoice_coverage_once unique nulls not distinct (installation_id, subject, billing_plan_id, follows),
    add constraint invoice_coverage_end unique (installation_id, subject, billing_plan_id, period_end),
    add constraint invoice_coverage_chain foreign key (installation_id, subject, billing_plan_id, follows)
        references invoice_coverage (installation_id, subject, billing_plan_id, period_end);
