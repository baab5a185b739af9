-- The hours that Vercel does not have and that a later report of their period makes good. They are few among thousands that it has, and
-- whoever reports an hour looks for them.
create index usage_slot_unsettled on usage_slot (installation_id, slot_start) where state in ('sent', 'refused', 'dead');
