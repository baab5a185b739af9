-- Prepaid money as an append-only ledger: a balance is the sum of its entries, and nothing else states one.
-- A cause is entered once. Its entries are numbered from 1, so that a second attempt breaks the key whatever it would enter.
create table balance_entry (
    installation_id text        not null references installation,
    cause           text        not null,
    entry_number    integer     not null check (entry_number >= 1),
    -- Null for the balance of the installation as a whole. No foreign key: money outlives what it was for.
    resource_id     text,
    amount          numeric     not null check (amount <> 0),
    entered_at      timestamptz not null,
    primary key (installation_id, cause, entry_number)
);

create trigger balance_entry_append_only before update or delete on balance_entry
    for each row execute function refuse_change();

create trigger balance_entry_not_emptied before truncate on balance_entry
    for each statement execute function refuse_change();
