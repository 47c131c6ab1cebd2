#!/usr/bin/env bash
set -euo pipefail

api="${PARLEY_URL:-http://localhost:3000}/tenant/${PARLEY_TENANT:-demo}/v1"

# The first "name":"value" of an answer; use jq where you have it.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }
number() { grep -o "\"$1\":[0-9]*" | sed -n 1p | cut -d : -f 2; }

call() { curl -sS --fail-with-body -H "X-API-Key: $PARLEY_API_KEY" -H "Content-Type: application/json" "$@"; }

# To one person. A repeat under the same Idempotency-Key within 24 hours gets the first answer.
invoice='{
  "userId": "ada", "type": "Invoice", "subject": "Your invoice is ready", "message": "42.00 EUR, due on the first.",
  "htmlContent": "<p><b>42.00 EUR</b>, due on the first.</p>", "priority": "High", "metadata": {"invoice": "2026-118"}
}'
once="invoice-2026-118-$RANDOM"
made=$(call "$api/Notifications" -H "Idempotency-Key: $once" -d "$invoice")
again=$(call "$api/Notifications" -H "Idempotency-Key: $once" -d "$invoice")
echo "to ada: $(field subject <<< "$made") ($(field priority <<< "$made"))"
echo "made twice, there once: $([ "$(field id <<< "$made")" = "$(field id <<< "$again")" ] && echo true || echo false)"

# A send to many runs by itself; its progress can be read. It ends done, cancelled or failed.
until_ended() {
  local batch id
  batch=$(cat)
  id=$(field id <<< "$batch")
  while [[ $(field status <<< "$batch") =~ ^(scheduled|running)$ ]]; do
    sleep 0.1
    batch=$(call "$api/Notifications/batches/$id")
  done
  echo "$(field status <<< "$batch"), $(number done <<< "$batch") of $(number total <<< "$batch")"
}

# To many at once: a list of people, a topic, the members of a chat, or everyone.
news='"subject": "New timetable", "message": "From Monday on."'
echo "to many: $(call "$api/Notifications/bulk" -d "{$news, \"userIds\": [\"ada\", \"ben\"]}" | until_ended)"

# A topic is a list of subscribers that the service keeps for you.
call -X PUT "$api/admin/topics/timetable" -d '{"name": "Timetable"}' > /dev/null
call "$api/admin/topics/timetable/subscribers" -d '{"userIds": ["ada"]}' > /dev/null
echo "to a topic: $(call "$api/Notifications/bulk" -d "{$news, \"topic\": \"timetable\"}" | until_ended)"
