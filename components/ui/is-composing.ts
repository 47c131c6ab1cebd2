import type { KeyboardEvent } from "react";

/** Whether an input method has the key, such as Enter that takes its word. Safari says so by the key's code alone (229), after its end. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}
