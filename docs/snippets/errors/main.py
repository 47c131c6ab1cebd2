import json
import os
import time
import urllib.error
import urllib.request
import uuid

api = f"{os.environ.get('PARLEY_URL', 'http://localhost:3000')}/tenant/{os.environ.get('PARLEY_TENANT', 'demo')}/v1"


def post(path, body):
    """A call that may be repeated: it carries a key of its own, and waits where the service asks to.

    What is left of refusals is for whoever calls to decide by `code`.
    """
    headers = {
        "X-API-Key": os.environ["PARLEY_API_KEY"],
        "X-Act-As-User": "ada",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    request = urllib.request.Request(api + path, json.dumps(body).encode(), headers)
    for attempt in range(1, 6):
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            if refused.status not in (429, 503) or attempt == 5:
                return json.load(refused)
            time.sleep(float(refused.headers.get("Retry-After", attempt)))


chat = post("/Chat", {"name": "Errors"})

# 400 says which field, and why.
invalid = post(f"/Chat/{chat['id']}/messages", {"content": ""})
print(f"refused: {invalid['status']} {invalid['code']}, because of", *invalid["errors"])

# What you may not see and what is not there are answered alike.
nowhere = post("/Chat/no-such-chat/messages", {"content": "Hello?"})
print(f"refused: {nowhere['status']} {nowhere['code']}")

# Each names its request, for whoever looks into the log, and its page.
found = all("requestId" in problem and "type" in problem for problem in (invalid, nowhere))
print(f"both can be looked up: {found}".lower())
