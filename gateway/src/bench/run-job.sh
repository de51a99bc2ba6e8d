#!/bin/bash
# run-job.sh SOCKET DATASET: starts the dataset's replication through the gateway's API and waits until it has ended.
# What a schedule does, without the start of a JVM for the command line. Exit 0 if the job is done.
set -euo pipefail
api() { curl -s --fail-with-body --unix-socket "$1" -H 'Content-Type: application/json' "${@:2}"; }
job=$(api "$1" -X POST -d '{"peers": []}' "http://localhost/api/v1/datasets/$2/replications")
id=$(sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' <<< "$job" | head -1)
[ -n "$id" ] || { echo "no job: $job" >&2; exit 1; }
while :; do
  state=$(api "$1" "http://localhost/api/v1/jobs/$id")
  case $state in
    *'"state":"done"'*|*'"state" : "done"'*) echo "$state"; exit 0;;
    *'"state":"failed"'*|*'"state":"cancelled"'*) echo "$state" >&2; exit 1;;
  esac
  sleep 0.02
done
