-- What Acme Keys has handed out: of each key only its hash, by which one that is shown is known again. Status and plan are in the
-- resource's own row.
create table api_key (
    installation_id text        not null,
    resource_id     text        not null,
    -- The provision or rotation that minted it.
    operation_id    text        not null,
    key_hash        bytea       not null,
    minted_at       timestamptz not null,
    -- The key names the installation where it was minted: there it says where its resource went since.
    moved_to        text,
    primary key (installation_id, resource_id, operation_id),
    foreign key (installation_id, resource_id) references resource
);

-- Secrets that nobody has to be told again are not kept, not even while they work.
alter table secret_generation drop constraint secret_generation_check;
alter table secret_generation add check (expired_at is null or secrets is null);
