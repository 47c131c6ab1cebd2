import { type FilteredValueToken, type Template as Parsed, TypeGuards, toValueSync, Value } from "liquidjs";

/** Blocks in blocks, or subscripts in subscripts: whoever reads what goes deeper would run out of stack. */
export const deepest = 50;

export type Path = (string | number)[];

/**
 * Paths of the variables that a template uses and does not make itself; of `prices[currency]` both `prices` and `currency`. Not the
 * library's own analysis: that counts the lines before each variable, which took seconds of a text of 64 KiB.
 * @throws RangeError: it is nested deeper than `deepest`
 */
export function findVariables(templates: Parsed[]): Path[] {
  const search = new Search();
  search.visit(templates, 0);
  return search.found;
}

class Search {
  readonly found: Path[] = [];
  /** Names that the template makes: the first ones hold from then on, each further list within a block. */
  private readonly scopes: Set<string>[] = [new Set()];

  visit(templates: Parsed[], depth: number): void {
    ensureDepth(depth);
    for (const template of templates) {
      for (const argument of template.arguments?.() ?? []) this.read(argument);
      for (const name of template.localScope?.() ?? []) this.scopes[0]?.add(name.content);
      if (!template.children) continue;
      const own = template.blockScope?.();
      if (own) this.scopes.push(new Set(own));
      this.visit(toValueSync(template.children(false, true)), depth + 1);
      if (own) this.scopes.pop();
    }
  }

  private read(argument: unknown): void {
    if (argument instanceof Value) this.readFiltered(argument, 0);
    else this.readToken(argument, 0);
  }

  private readFiltered({ initial, filters }: Value | FilteredValueToken, depth: number): void {
    for (const token of initial.postfix) this.readToken(token, depth);
    for (const arg of filters.flatMap(({ args }) => args)) this.readToken(Array.isArray(arg) ? arg[1] : arg, depth);
  }

  private readToken(token: unknown, depth: number): void {
    ensureDepth(depth);
    if (TypeGuards.isFilteredValueToken(token)) this.readFiltered(token, depth);
    if (TypeGuards.isRangeToken(token)) for (const end of [token.lhs, token.rhs]) this.readToken(end, depth + 1);
    if (!TypeGuards.isPropertyAccessToken(token)) return;
    const parts = token.props.map(partOf);
    for (const [index, part] of parts.entries()) if (part === undefined) this.readToken(token.props[index], depth + 1);
    if (token.variable) this.readToken(token.variable, depth + 1);
    else this.note(parts);
  }

  private note(parts: (string | number | undefined)[]): void {
    const known = parts.indexOf(undefined);
    const path = (known < 0 ? parts : parts.slice(0, known)).filter((part) => part !== undefined);
    const [root] = path;
    if (typeof root === "string" && !this.scopes.some((names) => names.has(root))) this.found.push(path);
  }
}

/** A step of a path; undefined when it is a variable itself. */
function partOf(token: unknown): string | number | undefined {
  const said = TypeGuards.isWordToken(token) || TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token);
  return said ? token.content : undefined;
}

function ensureDepth(depth: number): void {
  if (depth > deepest) throw new RangeError(`is nested deeper than ${deepest} levels`);
}
