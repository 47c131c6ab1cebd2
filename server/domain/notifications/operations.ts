import { setArchived } from "./archive-notification.ts";
import { bulkArchive } from "./bulk-archive.ts";
import { bulkDelete } from "./bulk-delete.ts";
import { bulkRead } from "./bulk-read.ts";
import { countUnread } from "./count-unread.ts";
import { createNotification } from "./create-notification.ts";
import { deleteNotification } from "./delete-notification.ts";
import { getAnyNotification } from "./get-any-notification.ts";
import { getNotification } from "./get-notification.ts";
import { listAllNotifications } from "./list-all-notifications.ts";
import { listNotifications } from "./list-notifications.ts";
import { setRead } from "./mark-read.ts";
import { setSeen } from "./mark-seen.ts";
import { previewNotification } from "./preview-notification.ts";
import { readAll } from "./read-all.ts";
import { adminRemoveNotification } from "./remove-notification.ts";
import { seeAll } from "./see-all.ts";
import { snoozeNotification } from "./snooze-notification.ts";
import { updateNotification } from "./update-notification.ts";

export const notificationOperations = {
  create: createNotification,
  preview: previewNotification,
  list: listNotifications,
  get: getNotification,
  countUnread,
  setRead,
  setSeen,
  setArchived,
  snooze: snoozeNotification,
  delete: deleteNotification,
  update: updateNotification,
  readAll,
  seeAll,
  bulkRead,
  bulkArchive,
  bulkDelete,
  listAll: listAllNotifications,
  getAny: getAnyNotification,
  remove: adminRemoveNotification,
};
