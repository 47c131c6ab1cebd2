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

# People talk in chats.
chat = call("POST", "/Chat", ada, {"name": "Lunch", "memberUserIds": ["ben"]})
call("POST", f"/Chat/{chat['id']}/messages", ada, {"content": "Hello, Ben"})
messages = call("GET", f"/Chat/{chat['id']}/messages", ben)["data"]
print(f"ben reads: {messages[0]['content']}")

# Your application tells them things.
notification = {"userId": "ben", "subject": "Your table is ready", "message": "Table 4, by the window."}
made = call("POST", "/Notifications", body=notification)
told = call("GET", f"/Notifications/{made['id']}", ben)
print(f"ben is told: {told['subject']}")
