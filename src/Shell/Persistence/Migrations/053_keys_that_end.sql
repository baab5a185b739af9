-- A key may end by itself; and a person who tidies up sees which are still in use. Real time, by the database's own clock.
alter table provider_key
    add column expires_at timestamptz check (expires_at > created_at),
    add column last_used_at timestamptz;
