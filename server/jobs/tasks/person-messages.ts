import { listPersonChats, type PersonChat, scanMessages } from "./person-store.ts";
import type { TaskWork } from "./plan.ts";

const messagesAStep = 1000;
const chatsAStep = 50;

/** Some of what a person wrote in one chat. */
export interface Written {
  chat: PersonChat;
  /** Ids of messages that are not blanked yet. */
  ids: string[];
  /** Nothing more of theirs is in the chat. */
  isLast: boolean;
}

/**
 * Goes through the chats that a person is or was in and hands on what they wrote, some thousand messages a step. A place is a chat and a
 * seq in it, or a chat that is through.
 */
export async function visitWritten(
  { db, tenantId, subject }: TaskWork,
  at: string | undefined,
  visit: (written: Written) => Promise<void>,
): Promise<{ done: number; next: string | undefined }> {
  let [chatId, seq] = readPlace(at);
  let done = 0;
  for (let visited = 0; visited < chatsAStep && done < messagesAStep; visited++) {
    const [chat] = await listPersonChats(db, tenantId, {
      userId: subject,
      after: seq === undefined ? chatId : before(chatId),
      limit: 1,
    });
    if (!chat) return { done, next: undefined };
    const after = chat.chatId === chatId ? (seq ?? 0) : 0;
    const limit = messagesAStep - done;
    const rows = await scanMessages(db, tenantId, { chatId: chat.chatId, after, limit });
    const isLast = rows.length < limit;
    const theirs = rows.filter((row) => row.senderId === subject && !row.deletedAt);
    await visit({ chat, ids: theirs.map(({ id }) => id), isLast });
    done += rows.length;
    chatId = chat.chatId;
    seq = isLast ? undefined : Number(rows.at(-1)?.seq);
  }
  return { done, next: seq === undefined ? chatId : `${chatId} ${seq}` };
}

function readPlace(at: string | undefined): [chatId: string | undefined, seq: number | undefined] {
  const [chatId, seq] = at?.split(" ") ?? [];
  return [chatId, seq === undefined ? undefined : Number(seq)];
}

/** The largest id before one: what comes after it begins with that chat. */
function before(chatId: string | undefined): string | undefined {
  if (chatId === undefined) return undefined;
  const hex = (BigInt(`0x${chatId.replaceAll("-", "")}`) - 1n).toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
