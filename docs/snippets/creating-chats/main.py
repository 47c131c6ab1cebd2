import json
import os
import urllib.error
import urllib.request
import uuid

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

# Whoever makes a chat is in it, and owns it.
crew = call("POST", "/Chat", ada, {"name": "Crew", "memberUserIds": ["ben", "cleo"]})
print(f"the crew has {crew['memberCount']} members")

# Two people have one direct chat: asking again gets the same one.
direct = {"kind": "direct", "memberUserIds": ["ben"]}
first = call("POST", "/Chat", ada, direct)
again = call("POST", "/Chat", ada, direct)
print(f"one direct chat of two: {first['id'] == again['id']}".lower())

# The answer got lost? Send it again under the same clientMessageId and get the first answer.
message = {"content": "All aboard", "clientMessageId": str(uuid.uuid4())}
sent = call("POST", f"/Chat/{crew['id']}/messages", ada, message)
repeated = call("POST", f"/Chat/{crew['id']}/messages", ada, message)
print(f"sent twice, stored once: {sent['id'] == repeated['id']}".lower())

try:
    call("POST", f"/Chat/{crew['id']}/messages", ada, {**message, "content": "All ashore"})
except urllib.error.HTTPError as refused:
    print(f"other words under the same id: {json.load(refused)['code']}")
