-- What keeps a resource out of service: a reason for each cause. What was suspended before was so by the provider's own decision.
alter table resource add column suspensions jsonb;

alter table resource drop constraint resource_check1;

update resource set suspensions = jsonb_build_object('provider', status_reason), status_reason = null where status = 'suspended';

-- Which kinds of message and of work there are, the code says: a row of any other is corrupt to it.
alter table outbox_message drop constraint if exists outbox_message_kind_check;
alter table billing_schedule drop constraint if exists billing_schedule_work_check;
