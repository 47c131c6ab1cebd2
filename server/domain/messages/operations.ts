import { deleteMessage } from "./delete-message.ts";
import { editMessage } from "./edit-message.ts";
import { getMessage } from "./get-message.ts";
import { listMessageEdits } from "./list-message-edits.ts";
import { listMessages } from "./list-messages.ts";
import { deleteChatMessage, listChatMessages } from "./moderate-messages.ts";
import { sendMessage } from "./send-message.ts";

export const messageOperations = {
  send: sendMessage,
  list: listMessages,
  get: getMessage,
  edit: editMessage,
  delete: deleteMessage,
  listEdits: listMessageEdits,
};

/** Of whoever runs the tenant, in any chat of it. */
export const tenantMessageOperations = { listMessages: listChatMessages, deleteMessage: deleteChatMessage };
