type Unset = undefined | null | "";

/** The filters that are set. The others are no keys with nothing in them: an event is compared with each key of what was asked. */
export function given<T extends object>(filters: T): { [Name in keyof T]?: Exclude<T[Name], Unset> } {
  const set = Object.entries(filters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(set) as never;
}
