-- A plan may price what was chosen in the form, so a span knows the choices that it is billed by.
alter table plan_period add column metadata jsonb;

update plan_period p set metadata = r.metadata
from resource r where r.installation_id = p.installation_id and r.resource_id = p.resource_id;

alter table plan_period alter column metadata set not null;
