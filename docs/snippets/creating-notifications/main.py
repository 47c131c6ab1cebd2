import json
import os
import time
import urllib.request
import uuid

api = f"{os.environ.get('PARLEY_URL', 'http://localhost:3000')}/tenant/{os.environ.get('PARLEY_TENANT', 'demo')}/v1"


def call(method, path, body=None, idempotency_key=None):
    """A call by your back end, with its key."""
    headers = {"X-API-Key": os.environ["PARLEY_API_KEY"], "Content-Type": "application/json"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(api + path, data, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


# To one person. A repeat under the same Idempotency-Key within 24 hours gets the first answer.
invoice = {
    "userId": "ada",
    "type": "Invoice",
    "subject": "Your invoice is ready",
    "message": "42.00 EUR, due on the first.",
    "htmlContent": "<p><b>42.00 EUR</b>, due on the first.</p>",
    "priority": "High",
    "metadata": {"invoice": "2026-118"},
}
once = str(uuid.uuid4())
made = call("POST", "/Notifications", invoice, once)
again = call("POST", "/Notifications", invoice, once)
print(f"to ada: {made['subject']} ({made['priority']})")
print(f"made twice, there once: {made['id'] == again['id']}".lower())


def until_ended(batch):
    """A send to many runs by itself; its progress can be read. It ends done, cancelled or failed."""
    while batch["status"] in ("scheduled", "running"):
        time.sleep(0.1)
        batch = call("GET", f"/Notifications/batches/{batch['id']}")
    return f"{batch['status']}, {batch['done']} of {batch['total']}"


# To many at once: a list of people, a topic, the members of a chat, or everyone.
news = {"subject": "New timetable", "message": "From Monday on."}
to_two = call("POST", "/Notifications/bulk", {**news, "userIds": ["ada", "ben"]})
print(f"to many: {until_ended(to_two)}")

# A topic is a list of subscribers that the service keeps for you.
call("PUT", "/admin/topics/timetable", {"name": "Timetable"})
call("POST", "/admin/topics/timetable/subscribers", {"userIds": ["ada"]})
to_topic = call("POST", "/Notifications/bulk", {**news, "topic": "timetable"})
print(f"to a topic: {until_ended(to_topic)}")
