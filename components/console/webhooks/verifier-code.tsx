import { Code } from "../../ui/code.tsx";
import { Tabs } from "../../ui/tabs.tsx";

const snippets = [
  {
    id: "typescript",
    label: "TypeScript",
    text: `import { Webhook } from "standardwebhooks"; // npm install standardwebhooks

const webhook = new Webhook(process.env.PARLEY_WEBHOOK_SECRET); // whsec_…
const event = webhook.verify(rawBody, headers); // throws when it is not ours, or too old`,
  },
  {
    id: "python",
    label: "Python",
    text: `import os
from standardwebhooks import Webhook  # pip install standardwebhooks

webhook = Webhook(os.environ["PARLEY_WEBHOOK_SECRET"])  # whsec_…
event = webhook.verify(raw_body, headers)  # raises when it is not ours, or too old`,
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
];

/** How a backend knows that what comes is from here. */
export function VerifierCode() {
  return (
    <section aria-labelledby="verify" className="mt-8">
      <h2 id="verify" className="mb-1 font-semibold">
        Verify what comes
      </h2>
      <p className="mb-3 max-w-2xl text-muted text-sm leading-6">
        With the body as it came, byte for byte, and the endpoint's secret. Answer with 2xx within ten seconds; leave
        out a <code className="font-mono text-xs">webhook-id</code> that you had before.
      </p>
      <div className="rounded-xl border border-line bg-surface">
        <Tabs
          label="Language"
          tabs={snippets.map(({ id, label, text }) => ({
            id,
            label,
            content: <Code shown={text} copied={text} what={`the ${label} code`} />,
          }))}
        />
      </div>
    </section>
  );
}
