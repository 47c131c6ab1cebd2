import { actAsUser } from "./act-as-user.ts";
import { eraseUser } from "./erase-user.ts";
import { exportUser } from "./export-user.ts";
import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import { putUser } from "./put-user.ts";
import { revokeUser } from "./revoke-user.ts";

export const userOperations = {
  actAs: actAsUser,
  get: getUser,
  put: putUser,
  list: listUsers,
  revoke: revokeUser,
  export: exportUser,
  erase: eraseUser,
};
