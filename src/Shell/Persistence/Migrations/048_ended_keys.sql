-- A key that has ended is kept, by its hash: whoever still shows it is told why it opens nothing, and not that nobody ever had it.
alter table api_key add column ended_at timestamptz;
