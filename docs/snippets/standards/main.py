import json
import os
import urllib.error
import urllib.request
import uuid
from urllib.parse import urljoin

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


# OpenAPI 3.1 of every operation.
with urllib.request.urlopen(urljoin(api, "/openapi.json")) as response:
    print(f"OpenAPI {json.load(response)['openapi']}")

# Idempotency-Key: the repeat gets the first answer, and says so.
ada = token_of("ada")
headers = {"Authorization": f"Bearer {ada}", "Content-Type": "application/json"}
once = {**headers, "Idempotency-Key": str(uuid.uuid4())}


def create():
    with urllib.request.urlopen(urllib.request.Request(f"{api}/Chat", b'{"name": "Once"}', once)) as response:
        return json.load(response), response.headers.get("Idempotent-Replayed")


chat, _ = create()
print(f"replayed: {create()[1]}")

# RFC 9457: every refusal is a problem document with a stable code.
try:
    call("POST", f"/Chat/{chat['id']}/messages", ada, {})
except urllib.error.HTTPError as refused:
    problem = json.load(refused)
    print(f"a problem: {problem['status']} {problem['code']}, {refused.headers.get_content_type()}")

# Server-sent events (HTML Standard, 9.2), resumed by Last-Event-ID.
cursor = call("GET", "/events", ada)["nextCursor"]
call("POST", f"/Chat/{chat['id']}/messages", ada, {"content": "To whom it concerns"})
listening = {**headers, "Accept": "text/event-stream", "Last-Event-ID": cursor}
with urllib.request.urlopen(urllib.request.Request(f"{api}/events", headers=listening)) as stream:
    for line in stream:
        if line.startswith(b"data:"):
            print(f"an event stream: {json.loads(line[5:])['type']}")
            break
