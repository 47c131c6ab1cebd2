import { Code } from "../../ui/code.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import type { PusherApp } from "./pusher-app.ts";

/** How stock clients are pointed at this host. The secret is left out: code that is copied travels. */
export function AppSnippets({ app }: { app: PusherApp }) {
  const { protocol, hostname, port } = window.location;
  const tls = protocol === "https:";
  const number = port || (tls ? "443" : "80");
  const snippets = [
    {
      id: "page",
      label: "pusher-js",
      text: `import Pusher from "pusher-js"; // npm install pusher-js

const pusher = new Pusher("${app.key}", {
  cluster: "x", // asked for by the client, not used
  wsHost: "${hostname}", wsPort: ${number}, wssPort: ${number},
  forceTLS: ${tls}, enabledTransports: ["ws", "wss"],
});
pusher.subscribe("news").bind("flash", console.log);`,
    },
    {
      id: "backend",
      label: "Backend",
      text: `import Pusher from "pusher"; // npm install pusher

const pusher = new Pusher({
  appId: "${app.appId}", key: "${app.key}", secret: process.env.PUSHER_SECRET,
  host: "${hostname}", port: "${number}", useTLS: ${tls},
});
await pusher.trigger("news", "flash", { text: "It works" });`,
    },
  ];
  return (
    <section aria-labelledby="snippets">
      <h2 id="snippets" className="mb-3 font-semibold">
        Connect
      </h2>
      <div className="rounded-xl border border-line bg-surface">
        <Tabs
          label="Where it runs"
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
