/** A page as asked for, clamped to what we serve. */
export interface Page {
  pageNumber: number;
  pageSize: number;
  offset: number;
}

/**
 * Reads the page form: default 1 and 10, at most 50 an answer; out-of-range values are clamped, never refused.
 * @param most of a list that has a bound of its own: one answer may hold all of it
 */
export function readPage(input: { pageNumber?: number | undefined; pageSize?: number | undefined }, most = 50): Page {
  const pageNumber = clamp(input.pageNumber ?? 1, 1, 10_000_000);
  const pageSize = clamp(input.pageSize ?? 10, 1, most);
  return { pageNumber, pageSize, offset: (pageNumber - 1) * pageSize };
}

/** The envelope of a page. */
export function toPage<T>(page: Page, totalCount: number, data: T[]) {
  const totalPages = Math.ceil(totalCount / page.pageSize);
  return {
    data,
    pageNumber: page.pageNumber,
    pageSize: page.pageSize,
    totalCount,
    totalPages,
    hasPreviousPage: page.pageNumber > 1 && totalCount > 0,
    hasNextPage: page.pageNumber < totalPages,
  };
}

/** Rows of one answer in the cursor form: 1 to 200, 50 unless told. */
export function readLimit(limit: number | undefined): number {
  return clamp(limit ?? 50, 1, 200);
}

/** Whether a list was asked for in the cursor form. */
export function wantsCursor(input: {
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}): boolean {
  return input.before !== undefined || input.after !== undefined || input.limit !== undefined;
}

function clamp(value: number, low: number, high: number): number {
  const whole = Math.floor(value);
  return Number.isNaN(whole) ? low : Math.min(Math.max(whole, low), high);
}
