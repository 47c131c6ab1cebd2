import { ChatPage, type MessagingEvent } from "./chat-page.ts";

/** The second program of the guides: it never looks at `type` and takes every event for a chat message. */
export class NaivePage extends ChatPage {
  readonly fetched: unknown[] = [];

  protected override async onEvent(event: MessagingEvent): Promise<void> {
    this.events.push(event);
    const message = await this.fetchOne(`/Chat/${event.parentId}/messages/${event.id}`);
    if (message) this.fetched.push(message);
  }
}
