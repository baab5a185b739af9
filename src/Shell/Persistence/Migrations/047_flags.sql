-- The flags of resources of Acme Keys: what there is.
create table flag (
    installation_id text        not null,
    resource_id     text        not null,
    flag_id         text        not null,
    slug            text        not null,
    origin          text        not null,
    category        text        not null check (category in ('flag', 'experiment')),
    name            text,
    description     text,
    is_archived     boolean     not null,
    value           jsonb       not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    revision        text        not null,
    primary key (installation_id, resource_id, flag_id),
    foreign key (installation_id, resource_id) references resource
);

create unique index flag_slug on flag (installation_id, resource_id, slug);

-- What Vercel knows of flags, whoever keeps them: in which revision; none where it may be another one by now.
create table told_flag (
    installation_id text not null,
    resource_id     text not null,
    flag_id         text not null,
    revision        text,
    primary key (installation_id, resource_id, flag_id),
    foreign key (installation_id, resource_id) references resource
);

-- What Vercel has of the config that deployments read.
create table told_config (
    installation_id text    not null,
    resource_id     text    not null,
    store           text,
    content         text,
    mark            text,
    is_certain      boolean not null,
    primary key (installation_id, resource_id),
    foreign key (installation_id, resource_id) references resource
);
