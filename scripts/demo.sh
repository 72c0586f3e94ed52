#!/usr/bin/env bash
# The whole story on an emulator: plan, apply, run, plan again, destroy. Exits non-zero where anything is not as it should be,
# and stops what it started.
set -euo pipefail
cd "$(dirname "$0")/.."

statewright=${CARGO_TARGET_DIR:-target}/debug/statewright
python=.sandbox/venv/bin/python
work=$(mktemp -d)
emulator=

finish() {
    code=$?
    if [ -n "$emulator" ]; then
        kill "$emulator" 2>/dev/null || true
        wait "$emulator" 2>/dev/null || true
    fi
    [ "$code" = 0 ] || { echo "demo: failed; the emulator's last lines:" >&2; tail -n 20 "$work/ministack.log" >&2 || true; }
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT

title() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
say() { printf '\033[2m%s\033[0m\n' "$*"; }

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
endpoint=http://127.0.0.1:$port
say "starting an AWS emulator (MiniStack) on 127.0.0.1:$port"
# SFN_WAIT_SCALE shortens the machine's Wait states; MQTT and SFTP would listen on all interfaces.
BIND_HOST=127.0.0.1 GATEWAY_PORT=$port MINISTACK_HOST=127.0.0.1 AWS_ENDPOINT_URL=$endpoint SFN_WAIT_SCALE=0.05 \
    IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 S3_DATA_DIR=$work/s3 \
    .sandbox/venv/bin/ministack >"$work/ministack.log" 2>&1 &
emulator=$!
export AWS_ENDPOINT_URL=$endpoint AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=demo AWS_REGION=us-east-1
# An emulator needs no time to spread what it is told.
export STATEWRIGHT_PACE=0.1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
"$python" - <<'PY'
import os, sys, time, urllib.request
import boto3
for _ in range(300):
    try:
        urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_ministack/health", timeout=2)
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("the emulator did not start within 30 s")
# The bucket is not the stack's: it is where somebody keeps the scripts of all jobs.
boto3.client("s3").create_bucket(Bucket="demo-scripts")
PY

spec=(specs/nightly-etl.yaml --var bucket=demo-scripts)

expect() { # expect CODE COMMAND…
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" = "$wanted" ] || { echo "demo: exit code $code instead of $wanted: $*" >&2; exit 1; }
}

title "statewright plan specs/nightly-etl.yaml --var bucket=demo-scripts --detailed-exitcode"
expect 2 "$statewright" plan "${spec[@]}" --detailed-exitcode

title "statewright apply specs/nightly-etl.yaml --var bucket=demo-scripts --yes"
expect 0 "$statewright" apply "${spec[@]}" --yes >"$work/apply.txt"
tail -n 3 "$work/apply.txt"

title "statewright run nightly-etl --input '{\"day\": \"2026-11-22\"}'"
expect 0 "$statewright" run nightly-etl --input '{"day": "2026-11-22"}' >"$work/output.json"
cat "$work/output.json"
"$python" - "$work/output.json" <<'PY'
import json, sys
output = json.load(open(sys.argv[1]))
assert output["orders"] == 3 and output["day"] == "2026-11-22", f"the Lambda function's result is wrong: {output}"
assert output["transform"]["state"] == "SUCCEEDED", f"the Glue job's result is wrong: {output}"
print(f"\033[2mthe Lambda function extracted {output['orders']} orders; "
      f"the Glue job run {output['transform']['JobRunId']} ended as {output['transform']['state']}\033[0m")
PY

title "statewright plan specs/nightly-etl.yaml --var bucket=demo-scripts --detailed-exitcode"
expect 0 "$statewright" plan "${spec[@]}" --detailed-exitcode

title "statewright destroy specs/nightly-etl.yaml --var bucket=demo-scripts --yes"
expect 0 "$statewright" destroy "${spec[@]}" --yes
expect 0 "$statewright" destroy "${spec[@]}" --yes >"$work/again.txt"
grep -q '0 to delete' "$work/again.txt" || { echo "demo: destroy left something over" >&2; cat "$work/again.txt" >&2; exit 1; }

say "done: nothing is left over, and the emulator is stopped"
