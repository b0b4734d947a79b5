#!/usr/bin/env bash
# Runs all tests against real servers and clients. Finds them, or installs Debian's packages where there is apt and
# root, and one of npm's beside the tests.
#   tests/run.sh                    everything; fails where a server cannot be had
#   tests/run.sh --without-servers  leaves out, knowingly, what needs a server that is not here
# A server that runs already can be given instead:
#   CITYPERCEPTION_TEST_INFLUX_URL, _USER, _PASSWORD   an InfluxDB 1.x with an administrator's login
set -euo pipefail
cd "$(dirname "$0")/.."

without_servers=0
for argument in "$@"; do
  case $argument in
    --without-servers) without_servers=1 ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "tests/run.sh: unknown argument '$argument'; allowed: --without-servers" >&2; exit 2 ;;
  esac
done

# program, Debian package, what it is for
servers="influxd influxdb InfluxDB
influx influxdb-client InfluxDB's_shell
mosquitto mosquitto an_MQTT_broker
mosquitto_pub mosquitto-clients an_MQTT_client
curl curl an_HTTP_client
node nodejs a_runtime_of_MQTT_clients
npm npm their_packages
chromium chromium a_browser
firefox-esr firefox-esr another_browser
strace strace failing_system_calls
faketime faketime a_clock_that_jumps"

missing() {
  while read -r program package _; do
    [ "$program" = influxd ] && [ -n "${CITYPERCEPTION_TEST_INFLUX_URL:-}" ] && continue
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || echo "$package"
  done <<<"$servers" | sort -u
  [ -e /usr/share/zoneinfo/Asia/Shanghai ] || echo tzdata
  # Not in PATH: Debian keeps its versions apart.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || echo postgresql
}

wanted=$(missing)
if [ -n "$wanted" ] && [ "$without_servers" = 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $(echo $wanted) …"
    export DEBIAN_FRONTEND=noninteractive
    # The tests start servers of their own; the packages need not start theirs.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends $wanted >/dev/null
  fi
  wanted=$(missing)
  if [ -n "$wanted" ]; then
    echo "These are needed and not here: $(echo $wanted)." >&2
    echo "Install them, or leave out what needs them with tests/run.sh --without-servers." >&2
    exit 1
  fi
fi
foreign=tests/CityPerception.Tests/Foreign
if [ "$without_servers" = 0 ] && ! cmp -s "$foreign/package-lock.json" "$foreign/node_modules/.locked"; then
  npm ci --prefix "$foreign" --silent && cp "$foreign/package-lock.json" "$foreign/node_modules/.locked"
fi
export CITYPERCEPTION_TESTS_WITHOUT_SERVERS=$without_servers
export PATH=$PATH:/usr/sbin DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build CityPerception.sln -c Release -v quiet
# Some hundred tests start the program: they take the one that users have, compiled ahead.
dotnet publish src/CityPerception -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -v quiet -o artifacts/published
export CITYPERCEPTION_TEST_PROGRAM=$PWD/artifacts/published/cityperception.dll

results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0 skipped=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  echo "── $name"
  status=0
  dotnet exec "artifacts/bin/$name/release/$name.dll" --results-directory "$results" --report-trx --report-trx-filename "$name.trx" --progress off || status=$?
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null || true)
  number() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  if [ -z "$counters" ]; then
    echo "$name ended with exit code $status and without results." >&2
    failed=$((failed + 1))
    continue
  fi
  passed=$((passed + $(number passed))) failed=$((failed + $(number failed)))
  skipped=$((skipped + $(number notExecuted)))
  # A run that crashed after its results is a failure too.
  [ "$status" = 0 ] || [ "$(number failed)" != 0 ] || failed=$((failed + 1))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
