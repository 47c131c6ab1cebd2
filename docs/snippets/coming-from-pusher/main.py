import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request

url = os.environ.get("PARLEY_URL", "http://localhost:3000")
tenant = os.environ.get("PARLEY_TENANT", "demo")

# Your tenant as a Pusher app. A server SDK takes appId, key and secret; this is what it does with them.
asked = urllib.request.Request(
    f"{url}/tenant/{tenant}/v1/admin/pusher", headers={"X-API-Key": os.environ["PARLEY_API_KEY"]}
)
with urllib.request.urlopen(asked) as response:
    app = json.load(response)


def trigger(event, secret):
    """Triggers an event by Pusher's HTTP API: the query is signed, and holds a hash of the body."""
    path = f"/apps/{app['appId']}/events"
    body = json.dumps(event).encode()
    query = "&".join([
        f"auth_key={app['key']}",
        f"auth_timestamp={int(time.time())}",
        "auth_version=1.0",
        f"body_md5={hashlib.md5(body).hexdigest()}",
    ])
    signature = hmac.new(secret.encode(), f"POST\n{path}\n{query}".encode(), hashlib.sha256).hexdigest()
    address = f"{url}{path}?{query}&auth_signature={signature}"
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status
    except urllib.error.HTTPError as refused:
        return refused.status


event = {"name": "order-ready", "channels": ["orders"], "data": json.dumps({"table": 4})}
print("triggered:", trigger(event, app["secret"]))
print("a wrong signature:", trigger(event, "guessed"))
