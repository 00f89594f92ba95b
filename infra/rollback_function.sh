#!/usr/bin/env bash
# Sends all traffic of a service to the revision made before the one that serves now.
#   rollback_function.sh SERVICE --project PROJECT --region REGION
set -euo pipefail
service=$1
shift
serving=$(gcloud run services describe "$service" "$@" --format='value(status.traffic[0].revisionName)')
previous=$(
  gcloud run revisions list --service "$service" "$@" \
    --sort-by='~metadata.creationTimestamp' --format='value(metadata.name)' |
    awk -v serving="$serving" 'seen { print; exit } $1 == serving { seen = 1 }'
)
if [ -z "$previous" ]; then
  echo "There is no revision before $serving." >&2
  exit 1
fi
gcloud run services update-traffic "$service" "$@" --to-revisions "$previous=100"
echo "$previous serves now, not $serving. Traffic stays on it: an apply without a change leaves it there."
echo "make release-function sends it to the newest revision again; so does an apply that changes the function."
