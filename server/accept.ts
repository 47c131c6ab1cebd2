/**
 * Whether an `Accept` header asks for an event stream by name (RFC 9110, 12.5.1), and for JSON, if by name too, less: who waits for an
 * answer's end must not get one that has none.
 */
export function acceptsEventStream(accept = ""): boolean {
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return { type, weight: weightOf(parameters) };
  });
  const preference = (named: string) =>
    Math.max(0, ...ranges.filter(({ type }) => type === named).map(({ weight }) => weight));
  return preference("text/event-stream") > preference("application/json");
}

function weightOf(parameters: string[]): number {
  const given = parameters.map((parameter) => /^q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
  const weight = Number(given ?? 1);
  return Number.isNaN(weight) ? 1 : weight;
}
