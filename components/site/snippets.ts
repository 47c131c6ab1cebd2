export interface SnippetValues {
  origin: string;
  tenantId: string;
  chatId: string;
  token: string;
  userId: string;
}

export interface Snippet {
  id: string;
  label: string;
  source: (values: SnippetValues) => string;
}

export const API_KEY_COMMAND = `node -p "require('./.data/demo.json').apiKey"`;

const curl = ({ origin, tenantId, chatId, token }: SnippetValues) => `TOKEN="${token}"

# Send a message. It appears in both panes above.
curl -s "${origin}/tenant/${tenantId}/v1/Chat/${chatId}/messages" \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"content": "Hello from curl"}'

# Read the newest five.
curl -s "${origin}/tenant/${tenantId}/v1/Chat/${chatId}/messages?limit=5" \\
  -H "Authorization: Bearer $TOKEN"
`;

const typescript = ({
  origin,
  tenantId,
  chatId,
  token,
}: SnippetValues) => `// npm install @microsoft/signalr, save as chat.mjs, run: node chat.mjs
import { HubConnectionBuilder } from "@microsoft/signalr";

const api = "${origin}/tenant/${tenantId}/v1";
const token = "${token}";
const clientId = crypto.randomUUID();

const hub = new HubConnectionBuilder()
  .withUrl(\`\${api}/hub?clientId=\${clientId}&payload=full\`, { accessTokenFactory: () => token })
  .withAutomaticReconnect()
  .build();

hub.on("MessagingEvent", ({ seq, payload }) => console.log(seq, payload.senderId, payload.content));
await hub.start();

// Name your clientId on the send and this connection gets no echo of it.
await fetch(\`\${api}/Chat/${chatId}/messages\`, {
  method: "POST",
  headers: { "content-type": "application/json", authorization: \`Bearer \${token}\` },
  body: JSON.stringify({ content: "Hello from Node" }),
});
`;

const backend = ({
  origin,
  tenantId,
  userId,
}: SnippetValues) => `# In the folder where the service runs. A key belongs on your server, never in a page.
KEY=$(${API_KEY_COMMAND})

# Your back end signs your people in: ask for a token per person.
curl -s "${origin}/tenant/${tenantId}/v1/tokens" \\
  -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
  -d '{"userId": "${userId}", "expiresInSeconds": 3600}'
`;

export const SNIPPETS: Snippet[] = [
  { id: "curl", label: "curl", source: curl },
  { id: "typescript", label: "TypeScript", source: typescript },
  { id: "backend", label: "Your back end", source: backend },
];
