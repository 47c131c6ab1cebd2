export interface SnippetValues {
  origin: string;
  tenantId: string;
  chatId: string;
  token: string;
  userId: string;
  demoFile: string | undefined;
}

export interface Snippet {
  id: string;
  label: string;
  /** Said beside the code and not in it: a pasted comment is an error in an interactive zsh. */
  note: string;
  source: (values: SnippetValues) => string;
}

/** A command that prints what no page shows. */
export function fromDemoFile(demoFile: string, field: string): string {
  return `node -p "require('${demoFile}').${field}"`;
}

const curl = ({ origin, tenantId, chatId, token }: SnippetValues) => `API="${origin}/tenant/${tenantId}/v1"
CHAT="${chatId}"
TOKEN="${token}"

curl "$API/Chat/$CHAT/messages" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"content": "Hello from curl"}'; echo

curl "$API/Chat/$CHAT/messages?limit=5" \\
  -H "Authorization: Bearer $TOKEN"; echo
`;

const typescript = ({
  origin,
  tenantId,
  chatId,
  token,
}: SnippetValues) => `import { HubConnectionBuilder } from "@microsoft/signalr";

const api = "${origin}/tenant/${tenantId}/v1";
const chat = "${chatId}";
const token = "${token}";
const clientId = crypto.randomUUID();

const hub = new HubConnectionBuilder()
  .withUrl(\`\${api}/hub?clientId=\${clientId}&payload=full\`, {
    accessTokenFactory: () => token,
  })
  .withAutomaticReconnect()
  .build();

hub.on("MessagingEvent", ({ seq, payload }) => {
  console.log(seq, payload.senderId, payload.content);
});
await hub.start();

// With clientId in the body this connection would hear no echo.
await fetch(\`\${api}/Chat/\${chat}/messages\`, {
  method: "POST",
  headers: {
    authorization: \`Bearer \${token}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({ content: "Hello from Node" }),
});
`;

const backend = ({ origin, tenantId, userId, demoFile }: SnippetValues) => `API="${origin}/tenant/${tenantId}/v1"
KEY=${demoFile ? `$(${fromDemoFile(demoFile, "apiKey")})` : "API_KEY"}

curl "$API/tokens" \\
  -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"userId": "${userId}", "expiresInSeconds": 3600}'; echo
`;

export const SNIPPETS: Snippet[] = [
  {
    id: "curl",
    label: "curl",
    note: "Sends a message, which appears in both panes above, and reads the newest five.",
    source: curl,
  },
  {
    id: "typescript",
    label: "TypeScript",
    note: "Run npm install @microsoft/signalr, save this as chat.mjs and start it with node chat.mjs.",
    source: typescript,
  },
  {
    id: "backend",
    label: "Your back end",
    note: "Your server asks for a token for one of its people. Run this in the folder you started the service from.",
    source: backend,
  },
];
