#!/bin/sh
# Makes what docker-compose.production.yml reads from ./secrets, each value at random, once: a directory that is there already is left as it is.
# usage: deploy/compose/make-secrets.sh [DIRECTORY [CERTIFICATE_AND_KEY.pem]]
# As root it gives every file to the user that reads it; without a certificate it makes one for localhost, to try things with.
set -eu
umask 077

directory=${1:-secrets}
certificate=${2:-}
if [ -e "$directory" ]; then
  echo "$directory is there already: nothing was changed" >&2
  exit 1
fi

value() {
  od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

# give USER FILE…: where that cannot be done, the engine's user has to be able to read the files by itself.
give() {
  owner=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then chown -R "$owner" "$@"; fi
}

mkdir -p "$directory/app" "$directory/prepare"
owner=$(value)
app=$(value)
backup=$(value)
redis=$(value)
lake=$(value)

common=$(
  for name in JWT_SECRET SERVICE_API_KEY API_KEY_PEPPER DATA_ENCRYPTION_KEY METRICS_TOKEN; do
    printf '  "%s": "%s",\n' "$name" "$(value)"
  done
  printf '  "CLICKHOUSE_PASSWORD": "%s",\n' "$lake"
  printf '  "REDIS_URL": "redis://gatra:%s@redis:6379",\n' "$redis"
  printf '  "DATABASE_URL": "postgres://gatra_app:%s@postgres:5432/gatra"' "$app"
)
printf '{\n%s\n}\n' "$common" >"$directory/app/secrets.json"
printf '{\n%s,\n  "DATABASE_MIGRATION_URL": "postgres://gatra_owner:%s@postgres:5432/gatra"\n}\n' "$common" "$owner" >"$directory/prepare/secrets.json"

value >"$directory/postgres-superuser"
cat >"$directory/postgres-roles.sql" <<SQL
CREATE ROLE gatra_owner LOGIN PASSWORD '$owner';
CREATE ROLE gatra_app LOGIN PASSWORD '$app';
CREATE ROLE gatra_backup LOGIN BYPASSRLS PASSWORD '$backup';
GRANT pg_read_all_data TO gatra_backup;
ALTER DATABASE gatra OWNER TO gatra_owner;
SQL
cat >"$directory/redis-users.acl" <<ACL
user default off
user health on nopass -@all +ping
user gatra on >$redis ~gatra:* &gatra:* -@all +hello +auth +ping +select +info +time +get +set +del +eval +evalsha +publish +subscribe
ACL
cat >"$directory/clickhouse-users.xml" <<XML
<clickhouse><users><default remove="1"/><gatra>
<password_sha256_hex>$(printf %s "$lake" | sha256sum | cut -d ' ' -f 1)</password_sha256_hex>
<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
</gatra></users></clickhouse>
XML

if [ -n "$certificate" ]; then
  cp "$certificate" "$directory/tls.pem"
else
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$directory/tls.key" -out "$directory/tls.crt" 2>/dev/null
  cat "$directory/tls.crt" "$directory/tls.key" >"$directory/tls.pem"
  rm "$directory/tls.key"
fi

give 65532:65532 "$directory/app" "$directory/prepare"
give 999:999 "$directory/postgres-superuser" "$directory/postgres-roles.sql" "$directory/redis-users.acl"
give 101:101 "$directory/clickhouse-users.xml"
give 99:99 "$directory/tls.pem"
chmod 755 "$directory"
