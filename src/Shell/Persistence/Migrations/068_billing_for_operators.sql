-- An operator's lists of what is billed. They span partitions on purpose, and are no keys.

-- Of one state and kind, by date or by amount: whatever is filtered, each combination is read from its end. With the total, so that
-- a month's sums need no row.
create index invoice_by_date on invoice (
    state,
    (case when test_result is not null then 'test' when one_off then 'one-off' when take_up then 'take-up' when final then 'final' else 'period' end),
    invoice_date, installation_id, external_id) include (total);

create index invoice_by_total on invoice (
    state,
    (case when test_result is not null then 'test' when one_off then 'one-off' when take_up then 'take-up' when final then 'final' else 'period' end),
    total, installation_id, external_id);

create index invoice_by_name on invoice (external_id);

create index invoice_by_vercel_name on invoice (vercel_invoice_id) where vercel_invoice_id is not null;

-- What the reports and invoices of an installation wait for.
create index billing_schedule_waiting on billing_schedule (work, due_at, installation_id) where last_error is not null;

-- What was paid ahead, and what the provider gave or took: all that moves a balance but its use.
create index balance_entry_moved on balance_entry (entered_at, installation_id, balance, position) where burnt_after is null;
