-- What is due, but put off because Vercel does not take the installation's token. The next token brings it forward.
alter table billing_schedule add column awaits_token boolean not null default false;
