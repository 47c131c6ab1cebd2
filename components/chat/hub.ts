import type { HubConnection } from "@microsoft/signalr";
import type { MessagingEvent } from "./types.ts";

export type Link = "connecting" | "live" | "reconnecting" | "offline";

export interface HubOptions {
  /** The hub's address for a start after `since`, the last event this page has applied. */
  address: (since: string | undefined) => string;
  token: string;
  since: () => string | undefined;
  onEvent: (event: MessagingEvent) => void;
  onLink: (link: Link) => void;
}

export interface Hub {
  start(): Promise<void>;
  stop(): Promise<void>;
  invoke<Answer>(method: string, argument: object): Promise<Answer>;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** A stock SignalR connection that resumes where it stopped and never gives up until it is told to stop. */
export async function openHub(options: HubOptions): Promise<Hub> {
  // Loaded on demand: the first page is readable long before anyone chats.
  const { HubConnectionBuilder, LogLevel } = await import("@microsoft/signalr");
  const connection = new HubConnectionBuilder()
    .withUrl(options.address(options.since()), { accessTokenFactory: () => options.token })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => delayOf(previousRetryCount) })
    .configureLogging(LogLevel.None)
    .build();
  return keepOpen(connection, options);
}

function keepOpen(connection: HubConnection, options: HubOptions): Hub {
  let wanted = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const resume = () => {
    connection.baseUrl = options.address(options.since());
  };

  connection.on("MessagingEvent", options.onEvent);
  connection.onreconnecting(() => {
    resume();
    options.onLink("reconnecting");
  });
  connection.onreconnected(() => options.onLink("live"));
  connection.onclose(() => (wanted ? again() : options.onLink("offline")));

  function again() {
    options.onLink("reconnecting");
    timer = setTimeout(attempt, delayOf(failures++));
  }

  async function attempt() {
    if (!wanted) return;
    resume();
    try {
      await connection.start();
      failures = 0;
      options.onLink("live");
    } catch {
      // Why it failed does not change what to do: the pill says so, and the next attempt follows.
      if (wanted) again();
    }
  }

  return {
    start: () => {
      wanted = true;
      options.onLink("connecting");
      return attempt();
    },
    stop: async () => {
      wanted = false;
      clearTimeout(timer);
      await connection.stop();
      options.onLink("offline");
    },
    invoke: (method, argument) => connection.invoke(method, argument),
  };
}

/** Doubling, with jitter so that the clients of a restarted server do not all come back at once. */
function delayOf(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}
