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


ada, ben = token_of("ada"), token_of("ben")
chat = call("POST", "/Chat", ada, {"name": "Deck", "memberUserIds": ["ben"]})
members = f"/Chat/{chat['id']}/members"

# Any member adds others, unless the chat is moderated. Who is there already stays as they are.
added = call("POST", members, ada, {"userIds": ["ben", "cleo"]})["added"]
print("added:", *added)

# Its owner gives roles.
cleo = call("PATCH", f"{members}/cleo", ada, {"role": "moderator"})
print(f"cleo is a {cleo['role']}")

# The plain list is of ids; with ?expand=true it has roles, names and read positions.
print("members:", *sorted(call("GET", members, ben)["data"]))

# Owner and moderators mute a member until a time. A time in the past ends it.
in_an_hour = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
call("PATCH", f"{members}/ben", ada, {"mutedUntil": in_an_hour})
try:
    call("POST", f"/Chat/{chat['id']}/messages", ben, {"content": "Hm"})
except urllib.error.HTTPError as refused:
    print(f"ben, muted, may not write: {json.load(refused)['code']}")

# To leave, remove yourself. From then on the chat is not there for you, and no event of it reaches you.
call("DELETE", f"{members}/ben", ben)
left = call("GET", f"/Chat/{chat['id']}", ada)
print(f"after ben left: {left['memberCount']} members")
