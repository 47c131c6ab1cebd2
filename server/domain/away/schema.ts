/** Of the unread messages, that a notification and its mail quote. */
export const quoted = 5;
/** Characters of each. */
export const quoteLength = 200;

/** A quoted message. */
export interface Quote {
  senderId: string;
  sender: string;
  text: string;
  at: string;
}

/** The metadata of such a notification. */
export interface AwayMetadata {
  chatId: string;
  chatName: string;
  fromSeq: number;
  toSeq: number;
  /** At most 100, which means that there may be more. */
  count: number;
  mentioned: boolean;
  messages: Quote[];
}
