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


# Your back end tells a person something. Nobody has to be registered first.
made = call("POST", "/Notifications", body={
    "userId": "ada",
    "type": "OrderShipped",
    "subject": "Your order is on its way",
    "message": "It arrives on Thursday.",
})

# Her page shows her inbox, newest first, and marks what she opens as read.
ada = token_of("ada")
inbox = call("GET", "/Notifications?pageSize=20", ada)["data"]
shown = next(notification for notification in inbox if notification["id"] == made["id"])
print(f"ada is told: {shown['subject']}")
print(f"read before: {shown['isRead']}".lower())
opened = call("PUT", f"/Notifications/{made['id']}/read", ada)
print(f"read after: {opened['isRead']}".lower())
