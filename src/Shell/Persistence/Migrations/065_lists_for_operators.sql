-- The words of a text in small letters, as operators look for them: each by its beginning, an id as a whole. The text is cut, so that no word is
-- longer than an index takes.
create function words_in(text) returns tsvector language sql immutable strict parallel safe as $$
    select array_to_tsvector(array_remove(string_to_array(translate(lower(left($1, 500)), '-@.:/+,;()"', '           '), ' '), ''))
$$;

-- What follows spans partitions as operators' lists do, and is no key.
create index installation_words on installation using gin (words_in(
    installation_id || ' ' || account_id || ' ' || coalesce(account_name, '') || ' ' || coalesce(contact_email, '')
    || ' ' || coalesce(contact_name, '') || ' ' || account_url));

create index installation_named on installation (lower(coalesce(account_name, account_id)), installation_id);

create index resource_words on resource using gin (words_in(
    resource_id || ' ' || name || ' ' || coalesce(external_id, '') || ' ' || coalesce(source_reference, '') || ' ' || installation_id));

create index resource_listed on resource (created_at desc, resource_id desc, installation_id desc);

create index resource_named on resource (lower(name), resource_id, installation_id);

-- Few are in these, and operators look at them first.
create index resource_notable on resource (installation_id, resource_id)
    where status in ('pending', 'onboarding', 'suspended', 'error') or fault is not null;

create index operation_amiss on operation (installation_id, resource_id) where state = 'pending' and attempts > 3;

create index invoice_refused on invoice (installation_id) where state = 'refused';

create index installation_without_token on installation (installation_id) where stage <> 'finalized' and access_token is null;

-- Who has a plan, in whatever version.
create index resource_of_plan on resource (split_part(billing_plan_id, '@', 1), installation_id) where status <> 'uninstalled';

create index installation_of_plan on installation (split_part(billing_plan_id, '@', 1), installation_id) where billing_plan_id is not null;
