import json
import os
import urllib.request
from datetime import datetime, timedelta, timezone

api = f"{os.environ.get('PARLEY_URL', 'http://localhost:3000')}/tenant/{os.environ.get('PARLEY_TENANT', 'demo')}/v1"


def call(method, path, token=None, body=None):
    """A call by a person, whose token is given, or by your back end, with the key."""
    headers = {"Authorization": f"Bearer {token}"} if token else {"X-API-Key": os.environ["PARLEY_API_KEY"]}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(api + path, data, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def token_of(user_id):
    """What your back end does when somebody signs in to your app."""
    return call("POST", "/tokens", body={"userId": user_id})["token"]


ada = token_of("ada")

# Now, and as important as it is.
gate = call("POST", "/Notifications", body={
    "userId": "ada",
    "type": "GateChange",
    "subject": "Gate changed to B4",
    "message": "Boarding at 18:20.",
    "priority": "Urgent",
    "metadata": {"flight": "LF 204"},
})
print(f"now: {gate['subject']} ({gate['priority']})")

# Later: until then it is in no inbox and causes no event. Until then it can be taken back, too.
in_an_hour = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
boarding = call("POST", "/Notifications", body={
    "userId": "ada", "subject": "Boarding soon", "message": "Gate B4.", "scheduledFor": in_an_hour,
})
print(f"later: {boarding['subject']} ({boarding['status']})")
call("DELETE", f"/Notifications/{boarding['id']}")

# Its owner sends it away for a while, or files it.
snoozed = call("PUT", f"/Notifications/{gate['id']}/snooze", ada, {"until": in_an_hour})
print(f"snoozed: {'snoozedUntil' in snoozed}".lower())
archived = call("PUT", f"/Notifications/{gate['id']}/archive", ada)
print(f"archived: {'archivedAt' in archived}".lower())
