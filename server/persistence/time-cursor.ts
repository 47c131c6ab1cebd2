import { z } from "zod";
import { DomainError } from "../errors.ts";
import { isStorableTime } from "../schema.ts";
import type { Span } from "./cursor-form.ts";

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

type Side = "lt" | "gt";
type Bound<At extends string, Id extends string> = Record<At, { lte: Date } | { gte: Date }> & {
  OR: (Record<At, { lt?: Date; gt?: Date } | Date> & Partial<Record<Id, { lt?: string; gt?: string }>>)[];
};

/**
 * How Prisma reads a span of a list by time, newest first: what it is to find, and from which end.
 * @param at the column of the time
 * @param id the one that decides between two of one time
 */
export function byTime<At extends string, Id extends string>(
  { before, after, offset, limit }: Span<TimeCursor>,
  { at, id }: { at: At; id: Id },
) {
  const upward = after !== undefined;
  const order = upward ? "asc" : "desc";
  return {
    bounds: [
      ...(before ? [beyond({ at, id }, before, "lt")] : []),
      ...(after ? [beyond({ at, id }, after, "gt")] : []),
    ] as Bound<At, Id>[],
    orderBy: [{ [at]: order }, { [id]: order }] as [Record<At, typeof order>, Record<Id, typeof order>],
    skip: offset,
    take: limit,
    /** Puts what was found into the order of the list. */
    arrange: <Row>(rows: Row[]): Row[] => (upward ? rows.toReversed() : rows),
  };
}

/** Row comparison (at, id), in a form that uses the index on both: the first bound alone narrows it. */
function beyond(column: { at: string; id: string }, cursor: TimeCursor, side: Side) {
  const { at, id } = cursor;
  const past = { [column.at]: { [side]: at } };
  return { [column.at]: { [`${side}e`]: at }, OR: [past, { [column.at]: at, [column.id]: { [side]: id } }] };
}
