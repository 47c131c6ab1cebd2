import { differing } from "../differing.ts";
import type { JsonObject } from "../json-field.tsx";
import { asInBox } from "../typed-name.ts";

export interface ChatChoices {
  name: string;
  policy: "open" | "moderated";
  metadata: JsonObject;
}

/** What a form says otherwise than is stored. A name is compared as its box holds it: a save of something else renames no chat. */
export function changesOf(stored: ChatChoices, said: ChatChoices): Partial<ChatChoices> {
  return differing(said, { ...stored, name: asInBox(stored.name) });
}
