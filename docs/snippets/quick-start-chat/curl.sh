#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

ada="Authorization: Bearer $(token ada)"
ben="Authorization: Bearer $(token ben)"
chat=$(call "$api/Chat" -H "$ada" -d '{"name": "First try", "memberUserIds": ["ben"]}' | field id)

# Where Ben's log is now: what comes after it is news to him.
cursor=$(call "$api/events" -H "$ben" | field nextCursor)

# Held open until something comes; the next call would go on from nextCursor.
listen() { call "$api/events?after=$cursor&wait=25&kinds=message.created" -H "$ben"; }
listen > news.json &

# Ada's page sends.
call "$api/Chat/$chat/messages" -H "$ada" -d '{"content": "Hello, Ben"}' > /dev/null
wait
echo "ben hears: $(field content < news.json)"
rm news.json
