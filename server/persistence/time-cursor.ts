import { z } from "zod";
import { DomainError } from "../errors.ts";
import { isStorableTime } from "../schema.ts";

/** Where a page of a list by time ends. */
export interface TimeCursor {
  at: Date;
  id: string;
}

const form = z.tuple([z.number().int().refine(isStorableTime), z.uuid()]);

export function writeTimeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString("base64url");
}

/** Throws cursor_invalid. */
export function readTimeCursor(cursor: string): TimeCursor {
  try {
    const [time, id] = form.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { at: new Date(time), id };
  } catch (error) {
    throw new DomainError("cursor_invalid", { internal: error });
  }
}
