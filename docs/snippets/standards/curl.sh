#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

# OpenAPI 3.1 of every operation.
openapi=$(call "${PARLEY_URL:-http://localhost:3000}/openapi.json")
echo "OpenAPI $(grep -o '"openapi": "[^"]*"' <<< "$openapi" | cut -d '"' -f 4)"

# Idempotency-Key: the repeat gets the first answer, and says so.
ada="Authorization: Bearer $(token ada)"
create() { call "$api/Chat" -H "$ada" -H "Idempotency-Key: once-$$" -d '{"name": "Once"}' "$@"; }
chat=$(create | field id)
echo "replayed: $(create -i | tr -d '\r' | grep -i '^idempotent-replayed:' | cut -d ' ' -f 2)"

# RFC 9457: every refusal is a problem document with a stable code.
problem=$(call "$api/Chat/$chat/messages" -H "$ada" -d '{}' -w '\n%{http_code} %{content_type}' 2> /dev/null || true)
read -r status type <<< "$(tail -n 1 <<< "$problem")"
echo "a problem: $status $(field code <<< "$problem"), ${type%%;*}"

# Server-sent events (HTML Standard, 9.2), resumed by Last-Event-ID. Without --max-time it goes on.
cursor=$(call "$api/events" -H "$ada" | field nextCursor)
call "$api/Chat/$chat/messages" -H "$ada" -d '{"content": "To whom it concerns"}' > /dev/null
stream=$(curl -sN --max-time 1 "$api/events" -H "$ada" -H "Accept: text/event-stream" -H "Last-Event-ID: $cursor" || true)
echo "an event stream: $(field type <<< "$stream")"
