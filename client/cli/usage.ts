const common = `Options of all commands, and the variables that stand in for them:
  --url <address>      PARLEY_URL     of the service; http://localhost:3000 unless given
  --tenant <id>        PARLEY_TENANT
  --key <key>          PARLEY_KEY     an API key (PARLEY_API_KEY counts too); or
  --token <token>      PARLEY_TOKEN   a user's token
  --as <userId>                       with a key: as this user (scope act-as)
  --json, --text                      JSON lines, or text; text on a terminal and JSON elsewhere unless given
  --help

Exit codes: 0 done, 1 refused by the service, 2 wrong words, 3 no answer, or one that passes (429, 5xx): try again.
`;

const texts: Record<string, string> = {
  token: `parley token <userId> [--groups Admin,…] [--expires <seconds>]
  Makes a token for a user, by a key of scope tokens:create. With --text it is the token alone.
`,
  send: `parley send <chatId> <text> [--id <clientMessageId>]
  Sends a message as the token's user, or by a key --as a user. The text - is read from stdin.
`,
  tail: `parley tail [--protocol events|signalr|pusher|trpc] [--after <eventId>] [--kinds message.created,…] [--chat <id>] [--limit <n>]
  Shows events as they come, from --after on, until Ctrl C or --limit of them. events (the log's HTTP stream) with a key shows the
  whole tenant; a user's, by token or by a key --as a user, what that user sees. The others are the stock clients of their protocol.
`,
  notify: `parley notify <userId> <subject> <message> [--type <type>] [--priority Low|Normal|High|Urgent] [--email <address>] [--at <time>]
  Sends a notification, by a key of scope notifications:write. Its type is SystemAnnouncement without --type.
`,
  replay: `parley replay <webhookId> [--after <eventId>] [--upto <eventId>] [--since <time>] [--until <time>] [--undelivered]
  Sends a range of the log to a webhook endpoint once more, by a key of scope admin. --undelivered leaves out what it has taken.
`,
};

export function usage(): string {
  return `parley <command> …\n\n${Object.values(texts).join("\n")}\n${common}`;
}

export function commandUsage(command: string): string {
  return `${texts[command]}\n${common}`;
}
