-- When Vercel is asked how an invoice stands. An invoice without a row is settled, or Vercel does not have it.
create table invoice_look (
    installation_id text        not null,
    external_id     text        not null,
    due_at          timestamptz not null,
    -- Counts the hints, so that a look that was under way when one came does not overwrite it.
    revision        bigint      not null default 0,
    primary key (installation_id, external_id),
    foreign key (installation_id, external_id) references invoice
);

-- What unpaid invoices have led to. An installation without a row is in good standing.
create table payment_standing (
    installation_id text        not null primary key references installation,
    standing        text        not null check (standing in ('warned', 'degraded', 'suspended')),
    owed            numeric     not null,
    invoices        integer     not null check (invoices > 0),
    since           timestamptz not null
);

create table invoice_refund (
    installation_id text        not null,
    refund_id       text        not null,
    external_id     text        not null,
    amount          numeric     not null check (amount > 0 and amount = round(amount, 2)),
    reason          text        not null,
    refunded_before numeric     not null check (refunded_before >= 0),
    requested_at    timestamptz not null,
    state           text        not null check (state in ('requested', 'sent', 'accepted', 'refunded', 'failed')),
    changed_at      timestamptz not null,
    failure         text,
    idempotency_key text,
    primary key (installation_id, refund_id),
    foreign key (installation_id, external_id) references invoice,
    check ((state = 'failed') = (failure is not null))
);

-- Vercel refuses a second refund while one is under way (contract §D.8).
create unique index invoice_refund_under_way on invoice_refund (installation_id, external_id) where state in ('requested', 'sent', 'accepted');

create unique index invoice_refund_key on invoice_refund (installation_id, idempotency_key);

-- What Vercel has and has not settled is looked at from now on.
insert into invoice_look (installation_id, external_id, due_at)
select installation_id, external_id, changed_at from invoice
where state in ('accepted', 'notpaid', 'overdue', 'refund_requested')
    and installation_id in (select i.installation_id from installation i where i.stage <> 'finalized');

insert into billing_schedule (installation_id, work, due_at)
select installation_id, 'settlement', min(due_at) from invoice_look group by installation_id;
