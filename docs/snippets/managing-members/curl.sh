#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

call() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# What your back end does when somebody signs in to your app.
token() { call "$api/tokens" -H "X-API-Key: $PARLEY_API_KEY" -d "{\"userId\": \"$1\"}" | field token; }

number() { grep -o "\"$1\":[0-9]*" | sed -n 1p | cut -d : -f 2; }
# The strings of an array of them.
list() { grep -o "\"$1\":\[[^]]*\]" | cut -d : -f 2 | tr -d '[]"' | tr ',' '\n' | sort; }

ada="Authorization: Bearer $(token ada)"
ben="Authorization: Bearer $(token ben)"
chat=$(call "$api/Chat" -H "$ada" -d '{"name": "Deck", "memberUserIds": ["ben"]}' | field id)
members="$api/Chat/$chat/members"

# Any member adds others, unless the chat is moderated. Who is there already stays as they are.
echo "added:" $(call "$members" -H "$ada" -d '{"userIds": ["ben", "cleo"]}' | list added)

# Its owner gives roles.
echo "cleo is a $(call -X PATCH "$members/cleo" -H "$ada" -d '{"role": "moderator"}' | field role)"

# The plain list is of ids; with ?expand=true it has roles, names and read positions.
echo "members:" $(call "$members" -H "$ben" | list data)

# Owner and moderators mute a member until a time. A time in the past ends it.
tomorrow=$(date -u -d tomorrow +%FT%TZ 2> /dev/null || date -u -v+1d +%FT%TZ)
call -X PATCH "$members/ben" -H "$ada" -d "{\"mutedUntil\": \"$tomorrow\"}" > /dev/null
refused=$(call "$api/Chat/$chat/messages" -H "$ben" -d '{"content": "Hm"}' 2> /dev/null || true)
echo "ben, muted, may not write: $(field code <<< "$refused")"

# To leave, remove yourself. From then on the chat is not there for you, and no event of it reaches you.
call -X DELETE "$members/ben" -H "$ben" > /dev/null
echo "after ben left: $(call "$api/Chat/$chat" -H "$ada" | number memberCount) members"
