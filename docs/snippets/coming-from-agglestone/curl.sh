#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

number() { grep -o "\"$1\":[0-9]*" | sed -n 1p | cut -d : -f 2; }

ada="Authorization: Bearer $(token ada)"
ben="Authorization: Bearer $(token ben)"
chat=$(call "$api/Chat" -H "$ada" -d '{"name": "Moved", "memberUserIds": ["ben"]}' | field id)

call "$api/Chat/$chat/messages" -H "$ada" -d '{"content": "Works as before"}' > /dev/null
page=$(call "$api/Chat/$chat/messages?pageNumber=1&pageSize=10" -H "$ben")
echo "ben, by the guide: $(field content <<< "$page")"
members=$(call "$api/Chat/$chat/members" -H "$ben" | grep -o '"data":\[[^]]*\]' | cut -d : -f 2)
echo "members:" $(tr -d '[]"' <<< "$members" | tr ',' '\n' | sort)
echo "page $(number pageNumber <<< "$page") of $(number totalPages <<< "$page"), $(number totalCount <<< "$page") message in all"

id=$(call "$api/Notifications" -H "X-API-Key: $PARLEY_API_KEY" -d '{
  "userId": "ben", "type": "SystemAnnouncement", "subject": "Moved", "message": "Nothing to do."
}' | field id)
read=$(call -X PUT "$api/Notifications/$id/read?read=true" -H "$ben")
echo "read: $(grep -o '"isRead":[a-z]*' <<< "$read" | cut -d : -f 2)"
