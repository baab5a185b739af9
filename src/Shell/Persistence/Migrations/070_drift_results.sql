-- What the last comparison of an installation has found, for whoever looks later: the report itself asks Vercel and the provisioners.
create table drift_result (
    installation_id text        not null primary key,
    compared_at     timestamptz not null,
    actor           text        not null,
    -- Whether Vercel was asked, and answered.
    compared        boolean     not null,
    resources       integer     not null,
    differences     integer     not null,
    findings        jsonb       not null
);

-- For the operators' list of everybody's, and of those alone that differ.
create index drift_result_newest on drift_result (compared_at desc, installation_id);
create index drift_result_differing on drift_result (compared_at desc, installation_id) where differences > 0;
