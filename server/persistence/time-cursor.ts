import { z } from "zod";
import { DomainError } from "../errors.ts";
import { isStorableTime } from "../schema.ts";

/** Where a page of a list by time ends. */
export interface TimeCursor {
  at: Date;
  id: string;
}

const time = z.number().int().min(0).refine(isStorableTime);

export function writeTimeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString("base64url");
}

/** Throws cursor_invalid. */
export function readTimeCursor(cursor: string, idForm: z.ZodType<string> = z.uuid()): TimeCursor {
  try {
    const [ms, id] = z.tuple([time, idForm]).parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { at: new Date(ms), id };
  } catch (error) {
    throw new DomainError("cursor_invalid", { internal: error });
  }
}
