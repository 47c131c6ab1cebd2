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


ada = token_of("ada")

# Where her log is now. Then your back end tells her something.
cursor = call("GET", "/events", ada)["nextCursor"]
call("POST", "/Notifications", body={
    "userId": "ada", "type": "Parcel", "subject": "Parcel at the desk", "message": "Until six.",
})


def following(cursor):
    """The events after a cursor, one by one. Each call is held open until there is something."""
    while True:
        page = call("GET", f"/events?after={cursor}&wait=25", ada)
        yield from page["data"]
        cursor = page["nextCursor"]


events = following(cursor)
created = next(events)
print(f"{created['type']}: {created['data']['subject']}")

# What an event tells of can be fetched the moment it arrives.
fetched = call("GET", f"/Notifications/{created['data']['id']}", ada)
print(f"fetched by id: {fetched['subject']}")

# The inbox is a list, newest first, with filters.
inbox = call("GET", "/Notifications?unreadOnly=true&type=Parcel", ada)["data"]
print(f"in the inbox, unread, of its type: {inbox[0]['id'] == fetched['id']}".lower())

# Her other windows hear that she has read it.
call("PUT", f"/Notifications/{fetched['id']}/read", ada)
updated = next(events)
print(f"{updated['type']}: read {updated['data']['isRead']}".replace("True", "true"))
