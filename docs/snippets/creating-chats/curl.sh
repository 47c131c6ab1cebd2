#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

number() { grep -o "\"$1\":[0-9]*" | sed -n 1p | cut -d : -f 2; }
same() { [ "$1" = "$2" ] && echo true || echo false; }

ada="Authorization: Bearer $(token ada)"

# Whoever makes a chat is in it, and owns it.
crew=$(call "$api/Chat" -H "$ada" -d '{"name": "Crew", "memberUserIds": ["ben", "cleo"]}')
echo "the crew has $(number memberCount <<< "$crew") members"
messages="$api/Chat/$(field id <<< "$crew")/messages"

# Two people have one direct chat: asking again gets the same one.
direct='{"kind": "direct", "memberUserIds": ["ben"]}'
first=$(call "$api/Chat" -H "$ada" -d "$direct" | field id)
again=$(call "$api/Chat" -H "$ada" -d "$direct" | field id)
echo "one direct chat of two: $(same "$first" "$again")"

# The answer got lost? Send it again under the same clientMessageId and get the first answer.
mine="try-$RANDOM"
sent=$(call "$messages" -H "$ada" -d "{\"content\": \"All aboard\", \"clientMessageId\": \"$mine\"}" | field id)
repeated=$(call "$messages" -H "$ada" -d "{\"content\": \"All aboard\", \"clientMessageId\": \"$mine\"}" | field id)
echo "sent twice, stored once: $(same "$sent" "$repeated")"

refused=$(call "$messages" -H "$ada" -d "{\"content\": \"All ashore\", \"clientMessageId\": \"$mine\"}" || true)
echo "other words under the same id: $(field code <<< "$refused")"
