// Postgres arrays as text. pg writes arrays too, but looks at every element twice; these are a quarter of that in a flush.

/** Numbers and ids, which need no quotes. */
export function rawArray(values: (string | number)[]): string {
  return `{${values.join(",")}}`;
}

/** Any text; `undefined` is null. */
export function quoteArray(values: (string | undefined)[]): string {
  return `{${values.map(quote).join(",")}}`;
}

const special = /["\\]/;

function quote(value: string | undefined): string {
  if (value === undefined) return "NULL";
  return `"${special.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
}
