#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"
key="X-API-Key: $PARLEY_API_KEY"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }

post() { curl -sS -H "Content-Type: application/json" "$@"; }

# Posts and says what came of it.
outcome() {
  local answer status
  answer=$(post -w '\n%{http_code}' "$@")
  status=$(tail -n 1 <<< "$answer")
  if [ "$status" -lt 400 ]; then echo "$status"; else echo "$status $(field code <<< "$answer")"; fi
}

# Your back end vouches for a person who is signed in to your app. The token goes to the browser; the key never does.
token=$(post "$api/tokens" -H "$key" -d '{"userId": "ada", "expiresInSeconds": 3600}' | field token)
ada="Authorization: Bearer $token"
chat='{"name": "Who is who", "memberUserIds": ["ben"]}'
echo "ada, with her token: $(outcome "$api/Chat" -H "$ada" -d "$chat")"

# A key carries no user. Where a call is a user's, it names one.
echo "the key alone, for a user's call: $(outcome "$api/Chat" -H "$key" -d "$chat")"
echo "the key, acting as ada: $(outcome "$api/Chat" -H "$key" -H "X-Act-As-User: ada" -d "$chat")"

# What only your back end does: telling people things.
notification='{"userId": "ben", "subject": "Hello", "message": "From ada?"}'
echo "ada, telling others things: $(outcome "$api/Notifications" -H "$ada" -d "$notification")"

# What is not signed by somebody you trust is nobody.
echo "a forged token: $(outcome "$api/Chat" -H "${ada%??????}forged" -d "$chat")"
echo "a key of elsewhere: $(outcome "$api/tokens" -H "X-API-Key: not-one-of-yours" -d '{}')"
