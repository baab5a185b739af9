-- What the provider gave or took, and why. It is an entry of the ledger like any other.
alter table balance_entry
    add column reason text,
    add check ((reason is not null) = (cause like 'adjustment:%')),
    add check (reason is null or burnt_after is null);

create index balance_entry_adjustments on balance_entry (installation_id, entered_at, cause) where reason is not null;
