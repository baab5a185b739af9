-- What failed waits for its next attempt, and what is being worked on for the end of its lease. When Vercel is down that is everything that is
-- due, and a claim must not look through it: what was never tried is found by when it is due, the rest by how long it has to wait.
drop index billing_schedule_due;

create index billing_schedule_due on billing_schedule (work, due_at) where attempts = 0;

create index billing_schedule_again on billing_schedule (work, greatest(next_attempt_at, leased_until)) where attempts > 0;
