#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

ada=$(token ada)
ben=$(token ben)

# People talk in chats.
chat=$(call "$api/Chat" -H "Authorization: Bearer $ada" -d '{"name": "Lunch", "memberUserIds": ["ben"]}' | field id)
call "$api/Chat/$chat/messages" -H "Authorization: Bearer $ada" -d '{"content": "Hello, Ben"}' > /dev/null
echo "ben reads: $(call "$api/Chat/$chat/messages" -H "Authorization: Bearer $ben" | field content)"

# Your application tells them things.
id=$(call "$api/Notifications" -H "X-API-Key: $PARLEY_API_KEY" \
  -d '{"userId": "ben", "subject": "Your table is ready", "message": "Table 4, by the window."}' | field id)
echo "ben is told: $(call "$api/Notifications/$id" -H "Authorization: Bearer $ben" | field subject)"
