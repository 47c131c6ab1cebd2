#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

flag() { grep -o "\"$1\":\(true\|false\)" | sed -n 1p | cut -d : -f 2; }
say() { "$@" && echo true || echo false; }

ada="Authorization: Bearer $(token ada)"
key="X-API-Key: $PARLEY_API_KEY"
news='"userId": "ada", "subject": "Crossing delayed", "message": "By ten minutes."'
id=$(call "$api/Notifications" -H "$key" -d "{$news}" | field id)

# Read and unread are one call, which may be repeated.
read=$(call -X PUT "$api/Notifications/$id/read" -H "$ada" | flag isRead)
unread=$(call -X PUT "$api/Notifications/$id/read?read=false" -H "$ada" | flag isRead)
echo "read: $read, unread again: $unread"

# What is archived has left the inbox and is found with ?archived=true.
archived=$(call -X PUT "$api/Notifications/$id/archive" -H "$ada")
echo "archived: $(say grep -q '"archivedAt"' <<< "$archived")"

# Everything at once.
call -X PUT "$api/Notifications/read-all" -H "$ada" > /dev/null
echo "all read, left unread: $(call "$api/counters" -H "$ada" | grep -o '"inbox":{"unread":[0-9]*' | cut -d : -f 3)"

# Until its time a scheduled one can be changed and taken back.
tomorrow=$(date -u -d tomorrow +%FT%TZ 2> /dev/null || date -u -v+1d +%FT%TZ)
later=$(date -u -d '2 days' +%FT%TZ 2> /dev/null || date -u -v+2d +%FT%TZ)
planned=$(call "$api/Notifications" -H "$key" -d "{$news, \"scheduledFor\": \"$tomorrow\"}")
address="$api/Notifications/$(field id <<< "$planned")"
moved=$(call -X PATCH "$address" -H "$key" -d "{\"scheduledFor\": \"$later\"}")
echo "moved: $(say test "$(field scheduledFor <<< "$moved")" '>' "$(field scheduledFor <<< "$planned")")"
call -X DELETE "$address" -H "$key" > /dev/null
echo "taken back: $(call "$api/Notifications?status=cancelled" -H "$key" | field status)"

# Deleting is for ever: what it said is gone from the log, too.
call -X DELETE "$api/Notifications/$id" -H "$ada" > /dev/null
gone=$(call "$api/Notifications/$id" -H "$ada" 2> /dev/null || true)
echo "deleted, then asked for: $(field code <<< "$gone")"
