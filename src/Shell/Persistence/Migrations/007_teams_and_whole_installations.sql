-- Which installation of a team is the active one: at most one of each kind. A team has many installations in the course of time, and
-- each of them lies in a partition of its own, so that only a table whose key is the team can say that there is one.
create table team_installation (
    account_id      text not null,
    -- A connectable account beside it is of another kind.
    kind            text not null check (kind in ('native')),
    installation_id text not null,
    primary key (account_id, kind)
);

insert into team_installation (account_id, kind, installation_id)
select distinct on (account_id) account_id, 'native', installation_id
from installation where stage = 'active'
order by account_id, installed_at desc, installation_id;

-- [started_at, ended_at): which plan an installation that is billed as a whole had when.
create table installation_plan_period (
    installation_id text        not null references installation,
    started_at      timestamptz not null,
    ended_at        timestamptz,
    billing_plan_id text        not null,
    primary key (installation_id, started_at),
    check (ended_at >= started_at)
);

create unique index installation_plan_period_open on installation_plan_period (installation_id) where ended_at is null;

insert into installation_plan_period (installation_id, started_at, ended_at, billing_plan_id)
select installation_id, installed_at, uninstall_requested_at, billing_plan_id
from installation where stage <> 'finalized' and billing_plan_id is not null;

-- A resource without a plan of its own is under the installation's, and has spans of that one.
insert into plan_period (installation_id, resource_id, started_at, ended_at, billing_plan_id)
select r.installation_id, r.resource_id, r.created_at, r.uninstalled_at, i.billing_plan_id
from resource r join installation i using (installation_id)
where r.billing_plan_id is null and i.billing_plan_id is not null and r.status not in ('pending', 'error')
    and not exists (
        select from plan_period p where p.installation_id = r.installation_id and p.resource_id = r.resource_id);

-- A line of the installation as a whole names no resource, and is billed once for a plan and period like any other.
alter table invoice_line alter resource_id drop not null;
alter table invoice_coverage drop constraint invoice_coverage_pkey, alter resource_id drop not null;
alter table invoice_coverage add constraint invoice_coverage_once
    unique nulls not distinct (installation_id, resource_id, billing_plan_id, period_start);
