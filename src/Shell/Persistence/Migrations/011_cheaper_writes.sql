-- What every change pays for, and what it guards against.

-- A foreign key is one more statement for each row: it looks for the parent and locks it. No resource and no installation is ever deleted,
-- and whoever writes one of these rows has inserted or locked its parent in the same transaction, so that these keys could never say no.
-- Money keeps its own: measurements, the slot ledger, invoices, balances.
alter table resource drop constraint resource_installation_id_fkey;
alter table plan_period drop constraint plan_period_installation_id_resource_id_fkey;
alter table secret_generation drop constraint secret_generation_installation_id_resource_id_fkey;
alter table operation drop constraint operation_installation_id_resource_id_fkey;
alter table api_key drop constraint api_key_installation_id_resource_id_fkey;
alter table billing_schedule drop constraint billing_schedule_installation_id_fkey;

-- PostgreSQL parses the text of each CHECK anew for every statement, but the rule of a domain once for a session.
create domain installation_stage as text check (value in ('active', 'uninstalling', 'finalized'));
create domain resource_status as text check
    (value in ('pending', 'onboarding', 'ready', 'suspended', 'resumed', 'error', 'uninstalled'));

-- What goes with a stage or a status is written from one case of a closed union, and a row without it cannot be read. That a token does
-- not outlive its installation stays checked here.
alter table installation
    drop constraint installation_stage_check,
    drop constraint installation_check,
    drop constraint installation_check1,
    alter column stage type installation_stage;
alter table resource
    drop constraint resource_status_check,
    drop constraint resource_check,
    drop constraint resource_check2,
    alter column status type resource_status;
