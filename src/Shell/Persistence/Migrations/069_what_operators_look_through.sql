-- What Vercel was asked at the last attempt, cut to a bound and without any secret; null once it was delivered.
alter table outbox_message add column last_request text;

-- Dead webhooks of everybody's, newest first.
create index webhook_dead_newest on webhook (received_at desc, webhook_id, installation_id) where state = 'dead';

-- Who has a plan, and how many they are: counted and listed without a look at anybody else.
create index resource_by_plan on resource (product_id, billing_plan_id, installation_id, resource_id) where status not in ('uninstalled', 'error');
create index installation_by_plan on installation (billing_plan_id, installation_id) where stage = 'active' and billing_plan_id is not null;
