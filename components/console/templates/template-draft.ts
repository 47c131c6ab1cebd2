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
