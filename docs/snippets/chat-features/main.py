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
chat = call("POST", "/Chat", ada, {"name": "Ferry", "memberUserIds": ["ben"]})
messages = f"/Chat/{chat['id']}/messages"

# A mention is for its member alone, who finds it in /counters.
question = call("POST", messages, ada, {"content": "Ferry at nine?", "mentionUserIds": ["ben"]})
print(f"ada asks: {question['content']}")

# A reply names what it answers. An edit keeps what was said before.
answer = call("POST", messages, ben, {"content": "Yes, at ten.", "replyToId": question["id"]})
edited = call("PATCH", f"{messages}/{answer['id']}", ben, {"content": "Yes, at nine. I have the tickets."})
print(f"ben answers it: {edited['content']}")
edits = call("GET", f"{messages}/{answer['id']}/edits", ada)["data"]
print(f"said before: {edits[0]['content']}")

# What is deleted leaves its place and its number, and nothing of its text.
slip = call("POST", messages, ben, {"content": "Wrong window"})
tombstone = call("DELETE", f"{messages}/{slip['id']}", ben)
print(f'left of the slip: "{tombstone["content"]}"')

# Reading is a position in the chat.
read = call("PUT", f"/Chat/{chat['id']}/read", ada, {"seq": tombstone["seq"]})
print(f"unread for ada: {read['unreadCount']}")
