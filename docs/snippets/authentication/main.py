import json
import os
import urllib.error
import urllib.request

api = f"{os.environ.get('PARLEY_URL', 'http://localhost:3000')}/tenant/{os.environ.get('PARLEY_TENANT', 'demo')}/v1"
key = {"X-API-Key": os.environ["PARLEY_API_KEY"]}


def post(path, credentials, body):
    """Posts with these credentials: the answer, and what came of it."""
    headers = {**credentials, "Content-Type": "application/json"}
    request = urllib.request.Request(api + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response), str(response.status)
    except urllib.error.HTTPError as refused:
        answer = json.load(refused)
        return answer, f"{refused.status} {answer['code']}"


# Your back end vouches for a person who is signed in to your app. The token goes to the browser; the key never does.
answer, _ = post("/tokens", key, {"userId": "ada", "expiresInSeconds": 3600})
ada = {"Authorization": f"Bearer {answer['token']}"}
chat = {"name": "Who is who", "memberUserIds": ["ben"]}
print("ada, with her token:", post("/Chat", ada, chat)[1])

# A key carries no user. Where a call is a user's, it names one.
print("the key alone, for a user's call:", post("/Chat", key, chat)[1])
print("the key, acting as ada:", post("/Chat", {**key, "X-Act-As-User": "ada"}, chat)[1])

# What only your back end does: telling people things.
notification = {"userId": "ben", "subject": "Hello", "message": "From ada?"}
print("ada, telling others things:", post("/Notifications", ada, notification)[1])

# What is not signed by somebody you trust is nobody.
forged = {"Authorization": ada["Authorization"][:-6] + "forged"}
print("a forged token:", post("/Chat", forged, chat)[1])
print("a key of elsewhere:", post("/tokens", {"X-API-Key": "not-one-of-yours"}, {})[1])
