-- The day and hour, in UTC, at which an installation's billing periods begin. Kept for its life: a catalogue that names another anchor
-- later means new installations.
alter table installation
    add column anchor_day  integer not null default 1 check (anchor_day between 1 and 31),
    add column anchor_hour integer not null default 0 check (anchor_hour between 0 and 23);

alter table installation alter anchor_day drop default, alter anchor_hour drop default;
