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
chat=$(call "$api/Chat" -H "$ada" -d '{"name": "Weather", "memberUserIds": ["ben"]}' | field id)
messages="$api/Chat/$chat/messages"
say() { call "$messages" -H "$ada" -d "{\"content\": \"$1\"}" > /dev/null; }

# Ben's program keeps the id of the last event it has handled. Then it is away.
cursor=$(call "$api/events" -H "$ben" | field nextCursor)
say "Are you there?"
say "It rains."

# It comes back from there: what it missed, in order, without a gap or a repeat.
news() { call "$api/events?after=$cursor&kinds=message.created&wait=25" -H "$ben"; }
missed=$(news)
grep -o '"content":"[^"]*"' <<< "$missed" | cut -d '"' -f 4 | awk '{ print "missed " NR ": " $0 }'

# Then what happens: a call with wait= is held open until something comes. To have it streamed instead:
# curl -N "$api/events?after=$cursor" -H "$ben" -H "Accept: text/event-stream"
cursor=$(field nextCursor <<< "$missed")
say "Now you are."
echo "live 3: $(news | field content)"

# What was said before is a list: by pages, or by cursors (?limit=50&before=…), which stay put while messages arrive.
page=$(call "$messages?pageNumber=1&pageSize=10" -H "$ben")
echo "newest first:" $(grep -o '"seq":[0-9]*' <<< "$page" | cut -d : -f 2)
