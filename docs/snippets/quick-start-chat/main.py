import json
import os
import threading
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
chat = call("POST", "/Chat", ada, {"name": "First try", "memberUserIds": ["ben"]})

# Where Ben's log is now: what comes after it is news to him.
cursor = call("GET", "/events", ben)["nextCursor"]


def listen():
    """Held open until something comes; the next call goes on from nextCursor."""
    news = call("GET", f"/events?after={cursor}&wait=25&kinds=message.created", ben)["data"]
    print(f"ben hears: {news[0]['data']['content']}")


listening = threading.Thread(target=listen)
listening.start()

# Ada's page sends.
call("POST", f"/Chat/{chat['id']}/messages", ada, {"content": "Hello, Ben"})
listening.join()
