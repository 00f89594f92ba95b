#!/usr/bin/env bash
# Destroys the deployment; refuses while results exist, unless DELETE_RESULTS=yes.
set -euo pipefail
terraform=("${TERRAFORM:-terraform}" -chdir="$(dirname "$0")/terraform")
bucket=$("${terraform[@]}" output -raw model_bucket)
project=$("${terraform[@]}" output -raw project)
results=$("${terraform[@]}" output -raw results)

if [ "${DELETE_RESULTS:-}" != yes ]; then
  if [ "$results" = astra ]; then
    echo "Refused: the Astra database holds results. DELETE_RESULTS=yes deletes them too." >&2
    exit 1
  fi
  # Not inside the test, where a failing gcloud would read as an empty outbox.
  waiting=$(gcloud storage objects list "gs://$bucket/outbox/**" --project "$project" --format='value(name)' --limit 1)
  if [ -n "$waiting" ]; then
    echo "Refused: results wait in gs://$bucket/outbox/. Run make replay, or DELETE_RESULTS=yes deletes them." >&2
    exit 1
  fi
fi
"${terraform[@]}" apply -var deletion_protection=false
"${terraform[@]}" destroy -var deletion_protection=false
