#!/usr/bin/env bash
# Destroys the deployment; refuses while results exist, unless DELETE_RESULTS=yes.
set -euo pipefail
terraform=("${TERRAFORM:-terraform}" -chdir="$(dirname "$0")/terraform")
bucket=$("${terraform[@]}" output -raw model_bucket)
project=$("${terraform[@]}" output -raw project)
results=$("${terraform[@]}" output -raw results)

# Print the live objects of the outbox. `gcloud storage ls` fails where there are none, and
# `gcloud storage objects list` would list the noncurrent versions of a versioned bucket too.
outbox() {
  local errors
  errors=$(mktemp)
  if ! gcloud storage ls "gs://$bucket/outbox/**" --project "$project" 2>"$errors"; then
    if ! grep -q 'matched no objects' "$errors"; then
      cat "$errors" >&2
      return 1
    fi
  fi
  rm -f "$errors"
}

if [ "${DELETE_RESULTS:-}" != yes ]; then
  if [ "$results" = astra ]; then
    echo "Refused: the Astra database holds results. DELETE_RESULTS=yes deletes them too." >&2
    exit 1
  fi
  # Not inside the test, where a failing gcloud would read as an empty outbox.
  waiting=$(outbox)
  if [ -n "$waiting" ]; then
    echo "Refused: results wait in gs://$bucket/outbox/. Run make replay, or DELETE_RESULTS=yes deletes them." >&2
    exit 1
  fi
fi
"${terraform[@]}" apply -var deletion_protection=false
"${terraform[@]}" destroy -var deletion_protection=false
