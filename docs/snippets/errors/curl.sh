#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }
number() { grep -o "\"$1\":[0-9]*" | sed -n 1p | cut -d : -f 2; }

# A call that may be repeated: it carries a key of its own, and --retry waits as long as Retry-After says on 429 and 503.
# What is left of refusals is for whoever calls to decide by code.
post() {
  curl -sS --retry 4 "$api$1" -d "$2" -H "Content-Type: application/json" -H "Idempotency-Key: $$-$RANDOM-$RANDOM" \
    -H "X-API-Key: $PARLEY_API_KEY" -H "X-Act-As-User: ada"
}

chat=$(post /Chat '{"name": "Errors"}' | field id)

# 400 says which field, and why.
invalid=$(post "/Chat/$chat/messages" '{"content": ""}')
because=$(grep -o '"errors":{"[^"]*"' <<< "$invalid" | cut -d '"' -f 4)
echo "refused: $(number status <<< "$invalid") $(field code <<< "$invalid"), because of $because"

# What you may not see and what is not there are answered alike.
nowhere=$(post /Chat/no-such-chat/messages '{"content": "Hello?"}')
echo "refused: $(number status <<< "$nowhere") $(field code <<< "$nowhere")"

# Each names its request, for whoever looks into the log, and its page.
named=$(printf '%s\n%s\n' "$invalid" "$nowhere" | grep -c '"requestId":"')
echo "both can be looked up: $([ "$named" = 2 ] && echo true || echo false)"
