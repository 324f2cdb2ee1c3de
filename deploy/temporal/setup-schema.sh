#!/bin/sh
# Makes Temporal's two databases, or brings them to the schema of this image. It runs at every start and changes nothing
# where all of it stands, so that a newer image needs nothing by hand. The tool takes SQL_PLUGIN, SQL_HOST, SQL_PORT,
# SQL_USER and SQL_PASSWORD from the environment.
set -eu

for name in temporal visibility; do
  case $name in
    temporal) database=temporal ;;
    *) database=temporal_visibility ;;
  esac
  temporal-sql-tool --database "$database" create-database
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$name"
done
