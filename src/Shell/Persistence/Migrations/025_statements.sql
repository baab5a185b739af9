-- A statement reads the prepaid ledger of one period, and what was burnt of its uses whenever that was entered.
create index balance_entry_moment on balance_entry (installation_id, entered_at);

create index balance_entry_period on balance_entry (installation_id, period_start) where burnt_after is not null;
