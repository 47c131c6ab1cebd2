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
chat = call("POST", "/Chat", ada, {"name": "Moved", "memberUserIds": ["ben"]})["id"]

call("POST", f"/Chat/{chat}/messages", ada, {"content": "Works as before"})
page = call("GET", f"/Chat/{chat}/messages?pageNumber=1&pageSize=10", ben)
print(f"ben, by the guide: {page['data'][0]['content']}")
print("members:", *sorted(call("GET", f"/Chat/{chat}/members", ben)["data"]))
print(f"page {page['pageNumber']} of {page['totalPages']}, {page['totalCount']} message in all")

notification = {"userId": "ben", "type": "SystemAnnouncement", "subject": "Moved", "message": "Nothing to do."}
id = call("POST", "/Notifications", body=notification)["id"]
read = call("PUT", f"/Notifications/{id}/read?read=true", ben)
print(f"read: {read['isRead']}".lower())
