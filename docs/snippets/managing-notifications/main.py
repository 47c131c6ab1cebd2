import json
import os
import urllib.error
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
news = {"userId": "ada", "subject": "Crossing delayed", "message": "By ten minutes."}
id = call("POST", "/Notifications", body=news)["id"]

# Read and unread are one call, which may be repeated.
read = call("PUT", f"/Notifications/{id}/read", ada)
unread = call("PUT", f"/Notifications/{id}/read?read=false", ada)
print(f"read: {read['isRead']}, unread again: {unread['isRead']}".lower())

# What is archived has left the inbox and is found with ?archived=true.
archived = call("PUT", f"/Notifications/{id}/archive", ada)
print(f"archived: {'archivedAt' in archived}".lower())

# Everything at once.
call("PUT", "/Notifications/read-all", ada)
print(f"all read, left unread: {call('GET', '/counters', ada)['inbox']['unread']}")


def at(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).isoformat()


# Until its time a scheduled one can be changed and taken back.
planned = call("POST", "/Notifications", body={**news, "scheduledFor": at(days=1)})
moved = call("PATCH", f"/Notifications/{planned['id']}", body={"scheduledFor": at(days=2)})
print(f"moved: {moved['scheduledFor'] > planned['scheduledFor']}".lower())
call("DELETE", f"/Notifications/{planned['id']}")
cancelled = call("GET", "/Notifications?status=cancelled&pageSize=50")["data"]
print("taken back:", next(one["status"] for one in cancelled if one["id"] == planned["id"]))

# Deleting is for ever: what it said is gone from the log, too.
call("DELETE", f"/Notifications/{id}", ada)
try:
    call("GET", f"/Notifications/{id}", ada)
except urllib.error.HTTPError as gone:
    print(f"deleted, then asked for: {json.load(gone)['code']}")
