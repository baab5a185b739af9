-- How often a message was claimed in all its life. It never goes back: whoever claimed it is known again by it.
alter table outbox_message add column tries integer not null default 0;

-- What Vercel answered last, cut to a bound and without any secret; null where it gave no answer.
alter table outbox_message add column last_status integer;
alter table outbox_message add column last_answer text;

-- How often somebody had it sent once more after it was given up.
alter table outbox_message add column replays integer not null default 0;

-- Put off because Vercel does not take the installation's token. The next one that is taken brings it forward.
alter table outbox_message add column awaits_token boolean not null default false;

update outbox_message set tries = attempts where attempts > 0;

-- For the claim of the job, which looks for what has waited longest of everybody's.
create index outbox_message_next on outbox_message (next_attempt_at) where state = 'pending';

-- For the operators' list.
create index outbox_message_dead on outbox_message (sequence) where state = 'dead';
