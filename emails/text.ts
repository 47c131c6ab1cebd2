import type { Brand } from "./brand.ts";

interface TextPart {
  brand: Brand;
  /** Its paragraphs: the title first. */
  parts: (string | undefined)[];
  /** What the button says. */
  action: string;
  openUrl: string | undefined;
  unsubscribeUrl: string | undefined;
}

/** The text part of a mail: what people wrote as they wrote it, not what can be read out of the HTML. */
export function writeText({ brand, parts, action, openUrl, unsubscribeUrl }: TextPart): string {
  const foot = [
    ...(unsubscribeUrl ? [`Unsubscribe or choose what you get: ${unsubscribeUrl}`] : []),
    `Sent by ${brand.name}`,
  ];
  const all = [...parts, openUrl && `${action}: ${openUrl}`, `-- \n${foot.join("\n")}`];
  return `${all.filter(Boolean).join("\n\n")}\n`;
}
