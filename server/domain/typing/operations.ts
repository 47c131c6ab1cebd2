import { sendTyping } from "./send-typing.ts";

export const typingOperations = { send: sendTyping };
