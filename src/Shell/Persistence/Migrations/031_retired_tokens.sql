-- Vercel may say that an installation is over (410) before anybody has told us of an uninstall: then its token is forgotten at once, and the
-- installation goes on without one until its end is told.
alter table installation
    drop constraint installation_check2,
    add column token_retired_at timestamptz,
    add check (stage <> 'finalized' or access_token is null),
    add check (access_token is not null or stage = 'finalized' or token_retired_at is not null);
