#!/bin/sh
# Run once by the database's image, on an empty data folder: the two roles, and the database that
# the first of them owns. By hand on another server: docs/deployment.md.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$OWNER_PASSWORD" --set program_password="$PROGRAM_PASSWORD" <<'SQL'
CREATE ROLE homeward_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE homeward_app LOGIN PASSWORD :'program_password';
CREATE DATABASE homeward OWNER homeward_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE homeward FROM PUBLIC;
GRANT CONNECT ON DATABASE homeward TO homeward_app;
SQL
