import { createApiKey } from "./create-api-key.ts";
import { deleteApiKey } from "./delete-api-key.ts";
import { listApiKeys } from "./list-api-keys.ts";
import { rotateApiKey } from "./rotate-api-key.ts";

export const apiKeyOperations = { list: listApiKeys, create: createApiKey, rotate: rotateApiKey, delete: deleteApiKey };
