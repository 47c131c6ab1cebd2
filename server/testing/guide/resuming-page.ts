import { type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

export interface FullEvent {
  type: string;
  id?: string;
  parentId?: string;
  timestamp?: string;
  seq?: number;
  eventId?: string;
  reason?: string;
  payload?: Record<string, unknown>;
}

export interface ResumingPageOptions {
  hubUrl: string;
  getAccessToken(): Promise<string>;
  /** Further parameters of the hub's address, such as `events=all`. */
  query?: Record<string, string>;
  clientId?: string;
  /** Where to begin: the position of a list that was loaded before. */
  since?: string;
  retryDelays?: number[];
}

/**
 * A page that asks for more than the guides do: whole objects in the events, other kinds, and what it missed while it was away. A
 * stock client keeps the address it was built with, so the cursor is put into it anew before each attempt to reconnect.
 */
export class ResumingPage {
  readonly connection: HubConnection;
  readonly events: FullEvent[] = [];
  lastEventId: string | undefined;
  private readonly options: ResumingPageOptions;

  constructor(options: ResumingPageOptions) {
    this.options = options;
    this.lastEventId = options.since;
    this.connection = new HubConnectionBuilder()
      .withUrl(this.address(), { accessTokenFactory: options.getAccessToken })
      .withAutomaticReconnect(options.retryDelays ?? [0, 2000, 10_000, 30_000])
      .configureLogging(LogLevel.None)
      .build();
    this.connection.on("MessagingEvent", (event: FullEvent) => {
      this.events.push(event);
      if (event.eventId) this.lastEventId = event.eventId;
    });
    this.connection.onreconnecting(() => {
      this.connection.baseUrl = this.address();
    });
  }

  async open(): Promise<this> {
    await this.connection.start();
    return this;
  }

  close(): Promise<void> {
    return this.connection.stop();
  }

  /** The events of one type, as they came. */
  of(type: string): FullEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  private address(): string {
    const { hubUrl, query = {}, clientId } = this.options;
    const url = new URL(hubUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (clientId) url.searchParams.set("clientId", clientId);
    if (this.lastEventId) url.searchParams.set("since", this.lastEventId);
    return url.href;
  }
}
