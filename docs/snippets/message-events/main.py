import json
import os
import urllib.request

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


ada, ben = token_of("ada"), token_of("ben")
chat = call("POST", "/Chat", ada, {"name": "Weather", "memberUserIds": ["ben"]})
messages = f"/Chat/{chat['id']}/messages"

# Ben's program keeps the id of the last event it has handled. Then it is away.
cursor = call("GET", "/events", ben)["nextCursor"]
call("POST", messages, ada, {"content": "Are you there?"})
call("POST", messages, ada, {"content": "It rains."})

# It comes back from there: first what it missed, then what happens, in order, without a gap or a repeat.
# Server-sent events; after a break go on with the header Last-Event-ID, the last `id:` you saw.
stream = urllib.request.Request(
    f"{api}/events?after={cursor}&kinds=message.created",
    headers={"Authorization": f"Bearer {ben}", "Accept": "text/event-stream"},
)
with urllib.request.urlopen(stream) as lines:
    for line in lines:
        if line.startswith(b"event:"):
            kind = line[6:].strip().decode()
        if not line.startswith(b"data:"):
            continue
        if kind in ("resync", "close"):  # too long away: load the list anew; or not to come back, and why
            raise SystemExit(f"{kind}: {line[5:].decode()}")
        event = json.loads(line[5:])
        if event.get("type") != "message.created":
            continue  # only says how far the stream is
        seq, content = event["seq"], event["data"]["content"]
        print(f"{'missed' if seq < 3 else 'live'} {seq}: {content}")
        if seq == 2:
            call("POST", messages, ada, {"content": "Now you are."})
        if seq == 3:
            break

# What was said before is a list: by pages, or by cursors (?limit=50&before=…), which stay put while messages arrive.
page = call("GET", f"{messages}?pageNumber=1&pageSize=10", ben)
print("newest first:", *(message["seq"] for message in page["data"]))
