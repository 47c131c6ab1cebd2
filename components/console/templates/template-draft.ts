import { readObject } from "../json-field.tsx";
import type { PreviewInput } from "../notifications/preview.tsx";
import type { Answers } from "../trpc.ts";

export type Version = Answers["templates"]["listVersions"]["data"][number];

/** The parts of a version as they stand in the editor. */
export interface TemplateDraft {
  subject: string;
  message: string;
  text: string;
  html: string;
  summary: string;
  /** Names, a line each. */
  required: string;
  /** JSON */
  sample: string;
}

export function draftOf(version: Version): TemplateDraft {
  const { subject, message, text = "", html = "", summary = "", required, sample } = version;
  return {
    subject,
    message,
    text,
    html,
    summary,
    required: required.join("\n"),
    sample: JSON.stringify(sample, null, 2),
  };
}

/** What stands in the editor, and what it stands on. */
export interface Writing {
  /** The version that the address names; null of the newest. */
  asked: number | null;
  /** What the words were written from. */
  base: Version;
  draft: TemplateDraft;
  /** What was stored when somebody looked last. */
  seen: Version;
  /** Stored by somebody else while words stood here that nobody has saved. */
  other?: Version;
  /** Just saved from an older version: the address is on its way to the newest. */
  leaves: boolean;
}

export function beginWriting(asked: number | null, content: Version): Writing {
  return { asked, base: content, draft: draftOf(content), seen: content, leaves: false };
}

export function isTouched({ draft, base }: Writing): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(base));
}

/** With what is stored now, by this editor or another: words that nobody has saved are never replaced. */
export function follow(writing: Writing, asked: number | null, content: Version): Writing {
  if (writing.asked !== asked) {
    if (!writing.leaves || asked !== null) return beginWriting(asked, content);
    return follow({ ...writing, asked, leaves: false }, asked, content);
  }
  if (isSame(writing.seen, content)) return writing;
  const seen = { ...writing, seen: content };
  if (content.etag === writing.base.etag) return { ...seen, base: content };
  return isTouched(writing) ? { ...seen, other: content } : beginWriting(asked, content);
}

/** After its own save; what was typed while that was under way stays, on top of what was saved. */
export function savedAs(writing: Writing, sent: TemplateDraft, saved: Version): Writing {
  const { other: _, ...rest } = writing;
  const draft = writing.draft === sent ? draftOf(saved) : writing.draft;
  return { ...rest, base: saved, draft, leaves: writing.asked !== null };
}

function isSame(one: Version, other: Version): boolean {
  return one.version === other.version && one.etag === other.etag;
}

/** As the call takes it; undefined while the sample is no JSON object. */
export function callOf({ subject, message, text, html, summary, required, sample }: TemplateDraft) {
  const values = readObject(sample);
  if (!values) return undefined;
  return {
    ...{ subject, message },
    ...(text ? { text } : {}),
    ...(html ? { html } : {}),
    ...(summary ? { summary } : {}),
    required: required.split(/\s+/).filter(Boolean),
    sample: values,
  };
}

/** What its preview is asked with. */
export function previewOf(draft: TemplateDraft): PreviewInput | undefined {
  const call = callOf(draft);
  if (!call) return undefined;
  const { sample, ...said } = call;
  return { draft: said, variables: sample };
}

/** A version as text with a heading a part, to be compared line by line. */
export function textOf(version: Version): string {
  const { sample, required, ...said } = draftOf(version);
  const texts = Object.entries({ ...said, required, sample }).filter(([, text]) => text !== "");
  return texts.map(([part, text]) => `── ${part}\n${text}\n`).join("\n");
}
