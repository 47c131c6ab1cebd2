export interface Heading {
  level: 2 | 3;
  text: string;
  id: string;
}

/** The id of a heading in its page's address, as GitHub makes it. */
export function headingId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}

/** The headings of a Markdown text, those in code blocks left out. */
export function headingsOf(markdown: string): Heading[] {
  const text = markdown.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/^(##|###) (.+)$/gm)].map(([, marks = "", title = ""]) => {
    const plain = plainText(title);
    return { level: marks.length as 2 | 3, text: plain, id: headingId(plain) };
  });
}

/** Without the marks of Markdown. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .replaceAll(/^[#>|\s-]+|\|/gm, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
