/** Ids as people paste them: one a line, or with tabs, commas or semicolons between them. Blanks stay: ids of users may have them. */
export function readIds(text: string): string[] {
  return [...new Set(text.split(/[\n\r\t,;]/).map((id) => id.trim()))].filter((id) => id !== "");
}

/** What a box for them says. */
export const idsHint = "one a line, or with commas";
