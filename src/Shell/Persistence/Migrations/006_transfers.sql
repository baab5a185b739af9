-- Resources offered to whoever claims them first. It lies with the source, whose id is part of the claim's.
create table transfer (
    installation_id        text        not null references installation,
    claim_id               text        not null,
    resource_ids           text[]      not null check (cardinality(resource_ids) > 0),
    offered_at             timestamptz not null,
    expires_at             timestamptz not null,
    -- Which new plan each target was shown, by its id, and at which price.
    quotes                 jsonb       not null default '{}',
    target_installation_id text,
    accepted_at            timestamptz,
    primary key (installation_id, claim_id),
    check (expires_at > offered_at),
    check ((target_installation_id is null) = (accepted_at is null)),
    check (target_installation_id <> installation_id),
    check (accepted_at < expires_at)
);
