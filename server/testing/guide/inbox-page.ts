import { ChatPage } from "./chat-page.ts";

export interface Item {
  id: string;
  subject: string;
  isRead: boolean;
}

/** The inbox that the notification guides have one write: beside the chat, on the same connection. */
export class InboxPage extends ChatPage {
  items: Item[] = [];

  /** Page by page, as "load more" does. */
  async loadAll(): Promise<void> {
    for (let pageNumber = 1; ; pageNumber++) {
      const page = await this.fetchOne<{ data: Item[]; hasNextPage: boolean }>(
        `/Notifications?pageNumber=${pageNumber}&pageSize=20`,
      );
      for (const item of page?.data ?? []) if (!this.items.some(({ id }) => id === item.id)) this.items.push(item);
      if (!page?.hasNextPage) return;
    }
  }

  /** One PUT an item, all at once, without a body. */
  async markAllRead(): Promise<void> {
    const unread = this.items.filter(({ isRead }) => !isRead);
    const responses = await Promise.all(
      unread.map(({ id }) => this.call(`/Notifications/${id}/read?read=True`, { method: "PUT" })),
    );
    for (const response of responses) {
      if (!response.ok) throw new Error(`Failed to mark as read: ${response.statusText}`);
      const item: Item = await response.json();
      this.items = this.items.map((old) => (old.id === item.id ? item : old));
    }
  }

  async mark(id: string, read: boolean): Promise<Item> {
    const response = await this.call(`/Notifications/${id}/read?read=${read}`, { method: "PUT" });
    if (!response.ok) throw new Error(`Failed: ${response.statusText}`);
    return await response.json();
  }

  async remove(id: string): Promise<void> {
    const response = await this.call(`/Notifications/${id}`, { method: "DELETE" });
    if (!response.ok) throw new Error(`Failed to delete: ${response.statusText}`);
    await response.json();
    this.items = this.items.filter((item) => item.id !== id);
  }
}
