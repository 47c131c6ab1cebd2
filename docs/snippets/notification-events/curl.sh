#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

ada="Authorization: Bearer $(token ada)"

# Where her log is now. Then your back end tells her something.
cursor=$(call "$api/events" -H "$ada" | field nextCursor)
call "$api/Notifications" -H "X-API-Key: $PARLEY_API_KEY" \
  -d '{"userId": "ada", "type": "Parcel", "subject": "Parcel at the desk", "message": "Until six."}' > /dev/null

# The next event; held open until there is one.
next() { call "$api/events?after=$cursor&wait=25&limit=1" -H "$ada"; }
created=$(next)
cursor=$(field nextCursor <<< "$created")
echo "$(field type <<< "$created"): $(field subject <<< "$created")"

# What an event tells of can be fetched the moment it arrives.
id=$(grep -o '"data":{"id":"[^"]*"' <<< "$created" | cut -d '"' -f 6)
echo "fetched by id: $(call "$api/Notifications/$id" -H "$ada" | field subject)"

# The inbox is a list, newest first, with filters.
newest=$(call "$api/Notifications?unreadOnly=true&type=Parcel" -H "$ada" | field id)
echo "in the inbox, unread, of its type: $([ "$newest" = "$id" ] && echo true || echo false)"

# Her other windows hear that she has read it.
call -X PUT "$api/Notifications/$id/read" -H "$ada" > /dev/null
updated=$(next)
echo "$(field type <<< "$updated"): read $(grep -o '"isRead":[a-z]*' <<< "$updated" | cut -d : -f 2)"
