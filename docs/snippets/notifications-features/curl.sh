#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

has() { grep -q "\"$1\"" && echo true || echo false; }

ada="Authorization: Bearer $(token ada)"
key="X-API-Key: $PARLEY_API_KEY"

# Now, and as important as it is.
gate=$(call "$api/Notifications" -H "$key" -d '{
  "userId": "ada", "type": "GateChange", "subject": "Gate changed to B4", "message": "Boarding at 18:20.",
  "priority": "Urgent", "metadata": {"flight": "LF 204"}
}')
echo "now: $(field subject <<< "$gate") ($(field priority <<< "$gate"))"
id=$(field id <<< "$gate")

# Later: until then it is in no inbox and causes no event. Until then it can be taken back, too.
tomorrow=$(date -u -d tomorrow +%FT%TZ 2> /dev/null || date -u -v+1d +%FT%TZ)
boarding=$(call "$api/Notifications" -H "$key" -d "{
  \"userId\": \"ada\", \"subject\": \"Boarding soon\", \"message\": \"Gate B4.\", \"scheduledFor\": \"$tomorrow\"
}")
echo "later: $(field subject <<< "$boarding") ($(field status <<< "$boarding"))"
call -X DELETE "$api/Notifications/$(field id <<< "$boarding")" -H "$key" > /dev/null

# Its owner sends it away for a while, or files it.
snoozed=$(call -X PUT "$api/Notifications/$id/snooze" -H "$ada" -d "{\"until\": \"$tomorrow\"}")
echo "snoozed: $(has snoozedUntil <<< "$snoozed")"
archived=$(call -X PUT "$api/Notifications/$id/archive" -H "$ada")
echo "archived: $(has archivedAt <<< "$archived")"
