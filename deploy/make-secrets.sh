#!/bin/sh
# Makes the secrets of docker-compose.yml, one a file, where there are none: there is no password that anybody knows before.
# A folder is a volume of its own, which only those services mount that need what is in it.
#   make-secrets.sh [FOLDER]
set -eu
umask 022
root=${1:-/run/secrets}

make() {
  [ -s "$root/$1" ] && return
  mkdir -p "$(dirname "$root/$1")"
  # 192 bits. Readable by the users of the containers, which differ; the volumes are root's on the host.
  head -c 32 /dev/urandom | sha256sum | cut -c1-48 | tr -d '\n' >"$root/$1.new"
  mv "$root/$1.new" "$root/$1"
}

make influxdb/admin-password
make influxdb/admin-token
make grafana/admin-password
make grafana/influx-password
make postgres/password
