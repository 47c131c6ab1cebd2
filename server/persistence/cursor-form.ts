import { DomainError } from "../errors.ts";
import { isId } from "../ids.ts";
import { text } from "../schema.ts";
import { type Page, readLimit, readPage, toPage, wantsCursor } from "./paging.ts";

/**
 * What is asked of a store. By the cursor form rows older than one place and newer than another, or of a list by name between two
 * names; by the page form those after so many.
 */
export interface Span<Place> {
  before?: Place | undefined;
  after?: Place | undefined;
  offset?: number | undefined;
  limit: number;
}

interface CursorInput {
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

interface CursorForm<Row, Place> {
  /** Which of the two goes on from a page: `before` in a list that is newest first, `after` in one by name. */
  onward: "before" | "after";
  /** Throws cursor_invalid. */
  read: (cursor: string) => Place;
  /** Rows in the order of the list; of many those that are nearest to the place they are read from. */
  load: (span: Span<Place>) => Promise<Row[]>;
  write: (row: Row) => string;
}

/** A list in the cursor form. One row more than asked for is read, so that the last page says that it is the last. */
export async function readByCursor<Row, Place>(
  input: CursorInput,
  { onward, read, load, write }: CursorForm<Row, Place>,
): Promise<{ rows: Row[]; nextCursor: string | null; prevCursor: string | null }> {
  const limit = readLimit(input.limit);
  const [before, after] = [input.before, input.after].map((cursor) =>
    cursor === undefined ? undefined : read(cursor),
  );
  const found = await load({ before, after, limit: limit + 1 });
  const from = input[onward === "before" ? "after" : "before"];
  const more = found.length > limit;
  const rows = from === undefined ? found.slice(0, limit) : found.slice(-limit);
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    nextCursor: last && (more || from !== undefined) ? write(last) : null,
    prevCursor: first ? write(first) : (from ?? null),
  };
}

type BothForms<Row, Place, Shown> = CursorForm<Row, Place> & {
  present: (rows: Row[]) => Shown[] | Promise<Shown[]>;
} & PageForm<Row>;

/** How many rows there are in all; or a page of them with that, where one question answers both. */
type PageForm<Row> =
  | { count: () => number | Promise<number> }
  | { page: (page: Page) => Promise<{ rows: Row[]; total: number }> };

/** A list in the form that is asked for: by cursor where a cursor or a limit is given, else by page. */
export async function listInForms<Row, Place, Shown>(
  input: CursorInput & Parameters<typeof readPage>[0],
  form: BothForms<Row, Place, Shown>,
) {
  if (wantsCursor(input)) {
    const { rows, ...cursors } = await readByCursor(input, form);
    return { data: await form.present(rows), ...cursors };
  }
  const page = readPage(input);
  const { rows, total } = await ("page" in form ? form.page(page) : readCounted(page, form));
  return toPage(page, total, await form.present(rows));
}

async function readCounted<Row, Place>(
  { offset, pageSize }: Page,
  { load, count }: Pick<CursorForm<Row, Place>, "load"> & { count: () => number | Promise<number> },
) {
  const [rows, total] = await Promise.all([load({ offset, limit: pageSize }), count()]);
  return { rows, total };
}

/** A cursor of a list by ids that hold their time is the id. Throws cursor_invalid. */
export function readIdCursor(cursor: string): string {
  if (!isId(cursor)) throw new DomainError("cursor_invalid");
  return cursor.toLowerCase();
}

/** A cursor of a list by name is the name. Throws cursor_invalid. */
export function readNameCursor(cursor: string): string {
  const { data } = nameCursor.safeParse(cursor);
  if (data === undefined) throw new DomainError("cursor_invalid");
  return data;
}

const nameCursor = text(254).min(1);

/** How Prisma reads a span of a list by name: what it is to find, and from which end. */
export function byName({ before, after, offset, limit }: Span<string>) {
  const backward = before !== undefined;
  return {
    name: { ...(backward ? { lt: before } : {}), ...(after === undefined ? {} : { gt: after }) },
    order: backward ? ("desc" as const) : ("asc" as const),
    skip: offset,
    take: limit,
    /** Puts what was found into the order of the list. */
    arrange: <Row>(rows: Row[]): Row[] => (backward ? rows.toReversed() : rows),
  };
}

/** The same of a list by ids that hold their time, newest first. */
export function byId({ before, after, offset, limit }: Span<string>) {
  const upward = after !== undefined;
  return {
    id: { ...(before === undefined ? {} : { lt: before }), ...(upward ? { gt: after } : {}) },
    order: upward ? ("asc" as const) : ("desc" as const),
    skip: offset,
    take: limit,
    arrange: <Row>(rows: Row[]): Row[] => (upward ? rows.toReversed() : rows),
  };
}
