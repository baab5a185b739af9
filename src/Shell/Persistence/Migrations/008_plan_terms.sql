-- A plan may price what was chosen in the form, so a span knows the choices that it is billed by.
alter table plan_period add column metadata jsonb;

update plan_period p set metadata = r.metadata
from resource r where r.installation_id = p.installation_id and r.resource_id = p.resource_id;

alter table plan_period alter column metadata set not null;

-- A change of plan that waits until the period is over.
alter table resource
    add column next_plan_id text,
    add column next_plan_at timestamptz,
    add check ((next_plan_id is null) = (next_plan_at is null));

create index resource_next_plan on resource (installation_id, next_plan_at) where next_plan_at is not null;
