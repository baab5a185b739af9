-- Which worker counts what waits, for all of them: one row, whoever begins first. The lease is real time.
create table store_reader (
    is_the_one   boolean     primary key default true check (is_the_one),
    reader       text        not null,
    leased_until timestamptz not null
);

-- What a worker counts again and again must not be looked for among everything that is closed.
create index operation_asked on operation (requested_at) where state = 'pending';
