#!/bin/bash
# Run by the image of InfluxDB 2.x after its first setup: InfluxQL finds the bucket as a database, and Grafana has an account that may only read it.
set -euo pipefail

influx v1 dbrp create --org "$DOCKER_INFLUXDB_INIT_ORG" --bucket-id "$DOCKER_INFLUXDB_INIT_BUCKET_ID" --db "$DOCKER_INFLUXDB_INIT_BUCKET" --rp autogen --default
influx v1 auth create --org "$DOCKER_INFLUXDB_INIT_ORG" --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" \
  --username "$GRAFANA_USER" --password "$(cat "$GRAFANA_PASSWORD_FILE")"
