import { type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

// A chat page as the guides of the hub have one write it. It knows the address, the tenant and the user's token, and nothing of
// this project: what it does is what a page of a customer does.

export interface ChatMessage {
  id: string;
  content: string;
  senderId: string;
  createdAt: string;
}

interface MessagesPage {
  data: ChatMessage[];
  pageNumber: number;
  hasNextPage: boolean;
}

export interface MessagingEvent {
  type: string;
  id: string;
  parentId?: string;
  timestamp: string;
}

export interface ChatPageOptions {
  apiBaseUrl: string;
  tenantId: string;
  chatId: string;
  getAccessToken(): Promise<string>;
}

export class ChatPage {
  /** One a page: two tabs of one person are two of them. */
  readonly clientId = crypto.randomUUID();
  readonly connection: HubConnection;
  /** What the page shows, newest first. */
  messages: ChatMessage[] = [];
  hasNextPage = false;
  pageNumber = 1;
  /** Everything the hub said, as it came. */
  readonly events: MessagingEvent[] = [];
  /** Texts of calls that were not ok, as the page would show them. */
  readonly failures: string[] = [];
  readonly notifications: unknown[] = [];
  private readonly options: ChatPageOptions;

  constructor(options: ChatPageOptions) {
    this.options = options;
    const { apiBaseUrl, tenantId, getAccessToken } = options;
    const hubUrl = `${apiBaseUrl}/tenant/${tenantId}/v1/hub?clientId=${encodeURIComponent(this.clientId)}`;
    this.connection = new HubConnectionBuilder()
      .withUrl(hubUrl, { accessTokenFactory: getAccessToken })
      .withAutomaticReconnect()
      .configureLogging(LogLevel.None)
      .build();
    this.connection.on("MessagingEvent", (event: MessagingEvent) => void this.onEvent(event));
    this.connection.onreconnected(() => void this.reload());
  }

  async open(): Promise<this> {
    await this.connection.start();
    await this.reload();
    return this;
  }

  close(): Promise<void> {
    return this.connection.stop();
  }

  /** Shows the answer at once: this page gets no event of its own message. */
  async send(content: string): Promise<ChatMessage> {
    const response = await this.call(`/Chat/${this.options.chatId}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ content, clientId: this.clientId }),
    });
    if (!response.ok) throw new Error(`Failed to send message: ${response.statusText}`);
    const message: ChatMessage = await response.json();
    this.merge([message]);
    return message;
  }

  /** Page 1 again, merged by id with what is shown. */
  async reload(): Promise<void> {
    const page = await this.fetchPage(1);
    if (!page) return;
    this.pageNumber = Math.max(this.pageNumber, page.pageNumber);
    this.hasNextPage = page.hasNextPage;
    this.merge(page.data);
  }

  async loadMore(): Promise<void> {
    const page = await this.fetchPage(this.pageNumber + 1);
    if (!page) return;
    this.pageNumber = page.pageNumber;
    this.hasNextPage = page.hasNextPage;
    this.merge(page.data);
  }

  protected async onEvent(event: MessagingEvent): Promise<void> {
    this.events.push(event);
    if (event.type === "Chat" && event.parentId) {
      const message = await this.fetchOne<ChatMessage>(`/Chat/${event.parentId}/messages/${event.id}`);
      if (message && event.parentId === this.options.chatId) this.merge([message]);
    } else if (event.type === "Message") {
      const notification = await this.fetchOne(`/Notifications/${event.id}`);
      if (notification) this.notifications.push(notification);
    }
  }

  protected async fetchOne<T>(path: string): Promise<T | undefined> {
    const response = await this.call(path);
    if (response.ok) return await response.json();
    this.failures.push(`${path}: ${response.statusText}`);
    return undefined;
  }

  private fetchPage(pageNumber: number): Promise<MessagesPage | undefined> {
    return this.fetchOne(`/Chat/${this.options.chatId}/messages?pageNumber=${pageNumber}&pageSize=10`);
  }

  protected async call(path: string, init: RequestInit = {}): Promise<Response> {
    const { apiBaseUrl, tenantId, getAccessToken } = this.options;
    return fetch(`${apiBaseUrl}/tenant/${tenantId}/v1${path}`, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${await getAccessToken()}` },
    });
  }

  private merge(messages: ChatMessage[]): void {
    const byId = new Map(this.messages.map((message) => [message.id, message]));
    for (const message of messages) byId.set(message.id, message);
    this.messages = [...byId.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  }
}
