-- The words by which operators find things lie beside what they are words of, and a job keeps them. An installation and a resource change with every
-- plan, status and token, and each change would write the index of their words anew, which costs a request more than anything else that it writes.
-- From here on what changes is noted; the words of what is there already come next, while nobody waits for a lock.

create table installation_word (
    installation_id text     not null primary key,
    words           tsvector not null
);

create table resource_word (
    installation_id text     not null,
    resource_id     text     not null,
    words           tsvector not null,
    primary key (installation_id, resource_id)
);

-- Whose words may have changed since they were kept; whoever searches looks through them one by one. No two writers wait for each other here.
create table word_due (
    installation_id text   not null,
    number          bigint not null generated always as identity,
    -- Null for the installation itself.
    resource_id     text,
    primary key (installation_id, number)
);

create function words_of_installation(id text, account_id text, account_name text, email text, contact text, url text)
    returns tsvector language sql immutable parallel safe as $$
    select words_in(id || ' ' || account_id || ' ' || coalesce(account_name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(contact, '') || ' ' || url)
$$;

create function words_of_resource(id text, name text, external_id text, source text, installation_id text)
    returns tsvector language sql immutable parallel safe as $$
    select words_in(id || ' ' || name || ' ' || coalesce(external_id, '') || ' ' || coalesce(source, '') || ' ' || installation_id)
$$;

create function new_installation_words() returns trigger language plpgsql as $$
begin
    insert into word_due (installation_id) select installation_id from written;
    return null;
end $$;

create function new_resource_words() returns trigger language plpgsql as $$
begin
    insert into word_due (installation_id, resource_id) select installation_id, resource_id from written;
    return null;
end $$;

create function other_installation_words() returns trigger language plpgsql as $$
begin
    insert into word_due (installation_id) values (new.installation_id);
    return null;
end $$;

create function other_resource_words() returns trigger language plpgsql as $$
begin
    insert into word_due (installation_id, resource_id) values (new.installation_id, new.resource_id);
    return null;
end $$;

create trigger installation_words_new after insert on installation referencing new table as written
    for each statement execute function new_installation_words();
create trigger resource_words_new after insert on resource referencing new table as written
    for each statement execute function new_resource_words();
create trigger installation_words_other after update on installation for each row
    when (old.account_id is distinct from new.account_id or old.account_name is distinct from new.account_name
        or old.contact_email is distinct from new.contact_email or old.contact_name is distinct from new.contact_name
        or old.account_url is distinct from new.account_url)
    execute function other_installation_words();
create trigger resource_words_other after update on resource for each row
    when (old.name is distinct from new.name or old.external_id is distinct from new.external_id
        or old.source_reference is distinct from new.source_reference)
    execute function other_resource_words();
