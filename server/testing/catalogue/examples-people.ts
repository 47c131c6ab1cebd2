import type { Example, OperationName } from "./examples.ts";
import { byAdmin, noInput } from "./examples-callers.ts";
import type { Side } from "./world.ts";

type Names =
  | Extract<OperationName, `connections.${string}` | `tasks.${string}`>
  | "adminChats.export"
  | "adminChats.listEvents"
  | "users.export"
  | "users.erase";

const ofTask = ({ ids }: Side) => ({ taskId: ids.taskId });
const foreignTask = { taskId: "not_found" } as const;

export const personExamples: Record<Names, Example> = {
  // Of a protocol by which nothing is called: the sockets of the calls themselves are connections too.
  "connections.list": { input: () => ({ protocol: "pusher" }), callers: byAdmin, changes: [], foreign: {} },
  // Who is connected is no table of what calls store.
  "connections.disconnect": {
    input: ({ ids }) => ({ connectionId: ids.connectionId }),
    callers: byAdmin,
    changes: [],
    foreign: { connectionId: "not_found" },
  },
  "tasks.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "tasks.get": { input: ofTask, callers: byAdmin, changes: [], foreign: foreignTask },
  "tasks.download": {
    input: ofTask,
    callers: byAdmin,
    changes: [],
    foreign: foreignTask,
    operators: { support: "forbidden", "read-only": "forbidden" },
  },
  "tasks.cancel": {
    input: ({ ids }) => ({ taskId: ids.openTaskId }),
    callers: byAdmin,
    changes: ["tasks"],
    foreign: foreignTask,
  },
  "tasks.delete": { input: ofTask, callers: byAdmin, changes: ["task_parts", "tasks"], foreign: foreignTask },
  "adminChats.export": {
    input: ({ ids }) => ({ chatId: ids.chatId }),
    callers: byAdmin,
    changes: ["tasks"],
    foreign: { chatId: "not_found" },
  },
  "adminChats.listEvents": {
    input: ({ ids }) => ({ chatId: ids.chatId }),
    callers: byAdmin,
    changes: [],
    foreign: { chatId: "not_found" },
  },
  "users.export": {
    input: () => ({ userId: "ada" }),
    callers: byAdmin,
    changes: ["tasks"],
    foreign: { userId: "not_found" },
  },
  "users.erase": {
    input: () => ({ userId: "ben", confirm: "ben" }),
    callers: byAdmin,
    changes: ["tasks", "users"],
    foreign: { userId: "not_found" },
  },
};
