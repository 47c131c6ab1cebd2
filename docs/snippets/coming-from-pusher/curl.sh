#!/usr/bin/env bash
set -euo pipefail

url="${PARLEY_URL:-http://localhost:3000}"
tenant="${PARLEY_TENANT:-demo}"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

# Your tenant as a Pusher app. A server SDK takes appId, key and secret; this is what it does with them.
app=$(curl -sS --fail-with-body "$url/tenant/$tenant/v1/admin/pusher" -H "X-API-Key: $PARLEY_API_KEY")

# Triggers an event by Pusher's HTTP API: the query is signed, and holds a hash of the body.
trigger() {
  local body=$1 secret=$2 path query signature
  path="/apps/$(field appId <<< "$app")/events"
  query="auth_key=$(field key <<< "$app")&auth_timestamp=$(date +%s)&auth_version=1.0"
  query="$query&body_md5=$(printf %s "$body" | openssl dgst -md5 | sed 's/.* //')"
  signature=$(printf 'POST\n%s\n%s' "$path" "$query" | openssl dgst -sha256 -hmac "$secret" | sed 's/.* //')
  curl -sS -o /dev/null -w '%{http_code}' "$url$path?$query&auth_signature=$signature" \
    -H "Content-Type: application/json" -d "$body"
}

event='{"name": "order-ready", "channels": ["orders"], "data": "{\"table\": 4}"}'
echo "triggered: $(trigger "$event" "$(field secret <<< "$app")")"
echo "a wrong signature: $(trigger "$event" guessed)"
