#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

flag() { grep -o "\"$1\":\(true\|false\)" | sed -n 1p | cut -d : -f 2; }

# Your back end tells a person something. Nobody has to be registered first.
id=$(call "$api/Notifications" -H "X-API-Key: $PARLEY_API_KEY" -d '{
  "userId": "ada", "type": "OrderShipped",
  "subject": "Your order is on its way", "message": "It arrives on Thursday."
}' | field id)

# Her page shows her inbox, newest first, and marks what she opens as read.
ada="Authorization: Bearer $(token ada)"
inbox=$(call "$api/Notifications?pageSize=20" -H "$ada")
echo "ada is told: $(field subject <<< "$inbox")"
echo "read before: $(flag isRead <<< "$inbox")"
echo "read after: $(call -X PUT "$api/Notifications/$id/read" -H "$ada" | flag isRead)"
