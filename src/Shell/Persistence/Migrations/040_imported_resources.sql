-- Whose a resource is. What was made elsewhere is the same thing by its reference, and is there once.
alter table resource
    add column ownership        text not null default 'owned' check (ownership in ('owned', 'linked', 'sandbox')),
    add column source_reference text,
    add check ((ownership = 'owned') = (source_reference is null)),
    add check (ownership = 'owned' or (billing_plan_id is null and next_plan_id is null and status <> 'suspended'));

create unique index resource_source on resource (installation_id, product_id, source_reference)
    where source_reference is not null and status <> 'uninstalled';
