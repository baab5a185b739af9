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
