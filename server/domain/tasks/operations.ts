import { cancelTask } from "./cancel-task.ts";
import { deleteTask } from "./delete-task.ts";
import { downloadTask } from "./download-task.ts";
import { getTask } from "./get-task.ts";
import { listTasks } from "./list-tasks.ts";

/** Those that start one stand with what they are of: adminChats.export, users.export, users.erase. */
export const taskOperations = {
  list: listTasks,
  get: getTask,
  download: downloadTask,
  cancel: cancelTask,
  delete: deleteTask,
};
