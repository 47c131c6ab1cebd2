/** What a backend writes to know that a request is from here: `rawBody` is the body as it came, `headers` those of the request. */
export const verifiers = [
  {
    id: "typescript",
    label: "TypeScript",
    text: `import { Webhook } from "standardwebhooks"; // npm install standardwebhooks

const webhook = new Webhook(process.env.PARLEY_WEBHOOK_SECRET ?? ""); // whsec_…
const event = webhook.verify(rawBody, headers as Record<string, string>) as { type: string; data: object }; // throws when it is not ours, or too old`,
  },
  {
    id: "python",
    label: "Python",
    text: `import base64, hashlib, hmac, json, os, time  # nothing to install

def verify(raw_body: bytes, headers) -> dict:
    secret = base64.b64decode(os.environ["PARLEY_WEBHOOK_SECRET"].removeprefix("whsec_"))
    sent_at = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + raw_body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    # Two signatures while a secret is being replaced.
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split()]
    if not any(hmac.compare_digest(expected, one) for one in given) or abs(time.time() - int(sent_at)) > 300:
        raise ValueError("not ours, or too old")
    return json.loads(raw_body)

event = verify(raw_body, headers)`,
  },
  {
    id: "ruby",
    label: "Ruby",
    text: `require "standardwebhooks" # gem install standardwebhooks

webhook = StandardWebhooks::Webhook.new(ENV["PARLEY_WEBHOOK_SECRET"]) # whsec_…
event = webhook.verify(raw_body, headers) # raises when it is not ours, or too old`,
  },
  {
    id: "go",
    label: "Go",
    text: `import standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

webhook, err := standardwebhooks.NewWebhook(os.Getenv("PARLEY_WEBHOOK_SECRET")) // whsec_…
err = webhook.Verify(rawBody, request.Header) // an error when it is not ours, or too old`,
  },
] as const;
