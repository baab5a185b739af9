-- A batch claim asks what is due, whoever's it is. Without an index it would look through the schedule of every installation for a few of
-- them. It spans partitions as the claim does, and is no key: a distributed PostgreSQL has one in each partition.
create index billing_schedule_due on billing_schedule (work, due_at);
