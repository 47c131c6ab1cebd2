import { createToken } from "./create-token.ts";

export const tokenOperations = { create: createToken };
