#!/bin/sh
# Run once by PostgreSQL's image, on a volume that is empty: the role that the server uses, which is no superuser, and its database.
# MARKETPLACE_ROLE_MAY is empty, or `createdb createrole` where customers' databases are made on this PostgreSQL too.
set -eu
export MARKETPLACE_PASSWORD_FILE="${MARKETPLACE_PASSWORD_FILE:-/run/secrets/postgres-password}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set may="${MARKETPLACE_ROLE_MAY:-}" <<'SQL'
\set password `cat "$MARKETPLACE_PASSWORD_FILE"`
create role marketplace login nosuperuser :may password :'password';
create database marketplace owner marketplace;
revoke connect on database marketplace, postgres, template1 from public;
SQL
