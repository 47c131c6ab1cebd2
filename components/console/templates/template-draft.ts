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
  /** The same of one writing through all that becomes of it. */
  id: symbol;
  /** The version that the address names; null of the newest. */
  asked: number | null;
  /** What the words were written from. */
  base: Version;
  draft: TemplateDraft;
  /** As it was typed. Of the template and not of a version; undefined where it is as stored. */
  title: string | undefined;
  /** What was stored when somebody looked last. */
  seen: Version;
  /** Stored by somebody else while words stood here that nobody has saved. */
  other?: Version;
  /** Just saved from an older version: the address is on its way to the newest. */
  leaves: boolean;
}

export function beginWriting(asked: number | null, content: Version): Writing {
  const draft = draftOf(content);
  return { id: Symbol("writing"), asked, base: content, draft, title: undefined, seen: content, leaves: false };
}

/** The same writing with the words of a version instead of its own. */
export function withWordsOf(writing: Writing, content: Version): Writing {
  return { ...beginWriting(writing.asked, content), id: writing.id, title: writing.title };
}

function isDraftTouched({ draft, base }: Writing): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(base));
}

/** Whether something stands there that nobody has saved. */
export function isTouched(writing: Writing): boolean {
  return writing.title !== undefined || isDraftTouched(writing);
}

/**
 * With what is stored now, by this editor or another: words that nobody has saved are never replaced.
 * @param begin what stands there once another version is opened
 */
export function follow(writing: Writing, asked: number | null, content: Version, begin = beginWriting): Writing {
  if (writing.asked !== asked) {
    if (!writing.leaves || asked !== null) return begin(asked, content);
    return follow({ ...writing, asked, leaves: false }, asked, content);
  }
  if (isSame(writing.seen, content)) return writing;
  const seen = { ...writing, seen: content };
  if (content.etag === writing.base.etag) return { ...seen, base: content };
  return isDraftTouched(writing) ? { ...seen, other: content } : withWordsOf(writing, content);
}

/** After its own save; what was typed while that was under way stays, on top of what was saved. Another writing is as it was. */
export function savedAs(writing: Writing, sent: Writing, saved: Version): Writing {
  if (writing.id !== sent.id) return writing;
  const { other: _, ...rest } = writing;
  const draft = writing.draft === sent.draft ? draftOf(saved) : writing.draft;
  const title = writing.title === sent.title ? undefined : writing.title;
  return { ...rest, base: saved, draft, title, leaves: writing.asked !== null };
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
