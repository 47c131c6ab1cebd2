import type { HubCodec, ServerMessage } from "./codec.ts";
import { maxAnswerBytes } from "./link.ts";

const tooLarge = "too_large: The answer is too large";

/**
 * What a client is answered, as a frame. A result that is too large, or nested deeper than its encoding can write, becomes an error that
 * says so; anything else that cannot be said is left out.
 */
export function answerFrame(codec: HubCodec, message: ServerMessage): Buffer | undefined {
  const bytes = frameOf(codec, message);
  if (bytes && bytes.length <= maxAnswerBytes) return bytes;
  return message.type === 3 ? codec.frame({ type: 3, invocationId: message.invocationId, error: tooLarge }) : undefined;
}

/** MessagePack is written 100 levels deep: what a token says of itself may go deeper, and nobody has bounded it before. */
function frameOf(codec: HubCodec, message: ServerMessage): Buffer | undefined {
  try {
    return codec.frame(message);
  } catch {
    return undefined;
  }
}
