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
chat=$(call "$api/Chat" -H "$ada" -d '{"name": "Ferry", "memberUserIds": ["ben"]}' | field id)
messages="$api/Chat/$chat/messages"

# A mention is for its member alone, who finds it in /counters.
question=$(call "$messages" -H "$ada" -d '{"content": "Ferry at nine?", "mentionUserIds": ["ben"]}')
echo "ada asks: $(field content <<< "$question")"

# A reply names what it answers. An edit keeps what was said before.
reply="{\"content\": \"Yes, at ten.\", \"replyToId\": \"$(field id <<< "$question")\"}"
answer=$(call "$messages" -H "$ben" -d "$reply" | field id)
edited=$(call -X PATCH "$messages/$answer" -H "$ben" -d '{"content": "Yes, at nine. I have the tickets."}')
echo "ben answers it: $(field content <<< "$edited")"
echo "said before: $(call "$messages/$answer/edits" -H "$ada" | field content)"

# What is deleted leaves its place and its number, and nothing of its text.
slip=$(call "$messages" -H "$ben" -d '{"content": "Wrong window"}' | field id)
tombstone=$(call -X DELETE "$messages/$slip" -H "$ben")
echo "left of the slip: \"$(field content <<< "$tombstone")\""

# Reading is a position in the chat.
read=$(call -X PUT "$api/Chat/$chat/read" -H "$ada" -d "{\"seq\": $(number seq <<< "$tombstone")}")
echo "unread for ada: $(number unreadCount <<< "$read")"
