const secret = /secret|password|passphrase|token|apikey|credential|^key$|^code$|privatekey/i;
const hidden = "•••";
const longest = 200;
const mostItems = 20;

/** What may stand in the audit log of what somebody asked for: no secret, no long text, nothing deep. */
export function maskInput(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return storable(value.length > longest ? `${value.slice(0, longest)}…` : value);
  if (value === null || typeof value !== "object") return value;
  if (depth > 4) return "…";
  if (Array.isArray(value)) {
    const shown = value.slice(0, mostItems).map((item) => maskInput(item, depth + 1));
    return value.length > mostItems ? [...shown, `… ${value.length - mostItems} more`] : shown;
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([key, item]) => [
        storable(key),
        secret.test(key) && item !== undefined ? hidden : maskInput(item, depth + 1),
      ]),
  );
}

/** What was asked for with what is said to or of people hidden. */
export function withoutPersonal(input: unknown, personal: readonly string[] = []): unknown {
  if (personal.length === 0 || input === null || typeof input !== "object") return input;
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, personal.includes(name) ? hidden : value]));
}

/** What a call is about: the first id in it. */
export function targetOf(path: string, input: unknown): string | undefined {
  const fields = input as Record<string, unknown>;
  const [, field] = /\{(\w+)\}/.exec(path) ?? [];
  const value = field === undefined ? undefined : fields[field];
  return typeof value === "string" ? storable(`${field}:${value}`.slice(0, 300)) : undefined;
}

/** Without what Postgres cannot hold: an address may carry it, and a call that is refused for it is noted all the same. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").toWellFormed();
}
