import { createChat } from "./create-chat.ts";
import { deleteChat } from "./delete-chat.ts";
import { getChat } from "./get-chat.ts";
import { listChats } from "./list-chats.ts";
import { setChatNotifications } from "./set-chat-notifications.ts";
import { updateChat } from "./update-chat.ts";

export const chatOperations = {
  create: createChat,
  list: listChats,
  get: getChat,
  update: updateChat,
  delete: deleteChat,
  setNotifications: setChatNotifications,
};
