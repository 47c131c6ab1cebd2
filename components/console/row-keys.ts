import { areSingleKeysOn } from "./single-keys.ts";

const STEPS: Record<string, 1 | -1> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** What a key does in a table: to the next or previous row, or to what can be done with this one. */
export function rowActOf(key: string): 1 | -1 | "acts" | undefined {
  if (key.length === 1 && !areSingleKeysOn()) return undefined;
  return key === "." ? "acts" : STEPS[key];
}

/** Of each row the place where the keys stop: what opens it, else the first thing in it that can be pressed. */
export function rowStops(body: ParentNode): HTMLElement[] {
  return [...body.querySelectorAll("tr")].flatMap(
    (row) =>
      row.querySelector<HTMLElement>("[data-opener]") ??
      row.querySelector<HTMLElement>("a[href], button:not(:disabled)") ??
      [],
  );
}

/** Opens the row's menu; where it has buttons instead, the first of them has the focus. */
export function showActs(row: Element): boolean {
  const menu = row.querySelector<HTMLElement>("[aria-haspopup=menu]");
  const found = menu ?? row.querySelector<HTMLElement>("button:not([data-opener]):not(:disabled)");
  found?.focus();
  menu?.click();
  return found !== null;
}

/** The ids before and after one in a list; none where it is not there. */
export function neighboursOf(ids: readonly string[], id: string | null): { previous?: string; next?: string } {
  const at = id === null ? -1 : ids.indexOf(id);
  if (at < 0) return {};
  const [previous, next] = [ids[at - 1], ids[at + 1]];
  return { ...(previous === undefined ? {} : { previous }), ...(next === undefined ? {} : { next }) };
}

/** For a drawer beside a table: the way to the row before and after the one that is open. */
export function stepsOf(rows: readonly { id: string }[] | undefined, id: string | null, open: (id: string) => void) {
  const ids = (rows ?? []).map((row) => row.id);
  const { previous, next } = neighboursOf(ids, id);
  return {
    onPrevious: previous === undefined ? undefined : () => open(previous),
    onNext: next === undefined ? undefined : () => open(next),
  };
}
