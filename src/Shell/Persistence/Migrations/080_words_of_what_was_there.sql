-- The words of what was there before changes of them were noted. Servers go on reading and writing meanwhile: whatever they change is noted, and what
-- is kept already is newer.
insert into installation_word (installation_id, words)
select installation_id, words_of_installation(installation_id, account_id, account_name, contact_email, contact_name, account_url)
from installation on conflict do nothing;
insert into resource_word (installation_id, resource_id, words)
select installation_id, resource_id, words_of_resource(resource_id, name, external_id, source_reference, installation_id)
from resource on conflict do nothing;

-- They span partitions as operators' lists do, and are no keys.
create index installation_word_words on installation_word using gin (words);
create index resource_word_words on resource_word using gin (words);

-- No request writes them any more. The lock that this takes comes last, so that nobody waits for what is above.
drop index installation_words;
drop index resource_words;
