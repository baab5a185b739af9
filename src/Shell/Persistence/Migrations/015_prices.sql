-- What a line is for. Those that there are tell it by their units: a base is billed by the period.
alter table invoice_line add column kind text not null default 'metered' check (kind in ('base', 'metered', 'minimum', 'one-time'));
update invoice_line set kind = 'base' where units = 'period';
alter table invoice_line alter column kind drop default;

create table invoice_discount (
    installation_id text    not null,
    external_id     text    not null,
    discount_number integer not null,
    -- Absent for the plan of the installation itself, as on a line.
    resource_id     text,
    billing_plan_id text    not null,
    name            text    not null,
    details         text    not null,
    amount          numeric not null check (amount > 0 and amount = round(amount, 2)),
    starts_at       timestamptz,
    ends_at         timestamptz,
    primary key (installation_id, external_id, discount_number),
    foreign key (installation_id, external_id) references invoice on delete cascade
);
