#!/usr/bin/env bash
# Takes the secure connect bundle from BUNDLE_URL into the secret SECRET of PROJECT.
set -euo pipefail
bundle=$(mktemp)
trap 'rm -f "$bundle"' EXIT
curl --fail --silent --show-error --location --max-time 60 --output "$bundle" "$BUNDLE_URL"
gcloud secrets versions add "$SECRET" --project "$PROJECT" --data-file="$bundle" --quiet
