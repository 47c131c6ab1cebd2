import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import { putUser } from "./put-user.ts";
import { revokeUser } from "./revoke-user.ts";

export const userOperations = { get: getUser, put: putUser, list: listUsers, revoke: revokeUser };
