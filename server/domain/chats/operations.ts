import { createChat } from "./create-chat.ts";
import { deleteChat } from "./delete-chat.ts";
import { exportTenantChat } from "./export-chat.ts";
import { getChat } from "./get-chat.ts";
import { listChats } from "./list-chats.ts";
import { getTenantChatById, listTenantChats } from "./list-tenant-chats.ts";
import { createTenantChat, deleteTenantChat, updateTenantChat } from "./moderate-chat.ts";
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

/** Of whoever runs the tenant; those of members and messages stand with theirs. */
export const tenantChatOperations = {
  list: listTenantChats,
  get: getTenantChatById,
  create: createTenantChat,
  update: updateTenantChat,
  delete: deleteTenantChat,
  export: exportTenantChat,
};
