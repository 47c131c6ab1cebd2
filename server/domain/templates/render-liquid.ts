import {
  Context,
  defaultOperators,
  type Emitter,
  Expression,
  type FilteredValueToken,
  type FilterImplOptions,
  Liquid,
  Token,
  Tokenizer,
  TokenKind,
  toValue,
  type ValueToken,
} from "liquidjs";
import { measure } from "./measure-value.ts";

/** Of one part: it is rendered while others wait. */
const renderMs = 100;
/** What a part may hold while it is rendered, in characters and list items. */
const renderMemory = 500_000;
/** No day is written longer, and the words in it are slow. */
const longestFormat = 200;
/** Characters of a text times those that are sought in it: where they are much alike, a search looks at each of them anew. */
const longestSearch = 5_000_000;
/** Beyond it a range is no counting: from 2^53 on adding one leads nowhere, for ever. */
const farthest = 1_000_000;

/** Those that read a path in each item. */
const readers = ["map", "where", "reject", "group_by", "has", "find", "find_index", "sum", "sort", "sort_natural"];
const searches = /^(?:split|remove|replace)/;
const rangeEnd = "range_end";

/**
 * Liquid without a way out of it: no files, no inherited properties, no unescaped output, and bounds for what a text may cost.
 * `outputEscape` holds for every output, so that a variable can bring no markup along.
 */
export function createEngine(outputEscape?: "escape"): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: 100_000,
    renderLimit: renderMs,
    memoryLimit: renderMemory,
    templates: {},
    cache: false,
    operators: { ...defaultOperators, contains },
    ...(outputEscape ? { outputEscape } : {}),
  });
  // Those that read other templates, and the filter that would let a variable through as markup.
  for (const tag of ["include", "render", "layout", "block"]) Reflect.deleteProperty(engine.tags, tag);
  for (const filter of ["raw", "sample", "inspect"]) Reflect.deleteProperty(engine.filters, filter);
  for (const [name, filter] of Object.entries(engine.filters)) {
    // A filter in a text is read anew for each item, and may hold another one: a dozen words could take minutes.
    if (name.endsWith("_exp")) Reflect.deleteProperty(engine.filters, name);
    else engine.registerFilter(name, counted(name, filter));
  }
  engine.registerFilter(rangeEnd, ensureNear);
  const { renderer } = engine;
  const write = renderer.renderTemplates.bind(renderer);
  // With no place to write to it is the whole text, or what a capture holds.
  renderer.renderTemplates = (templates, ctx, emitter = new CountingEmitter(ctx)) => write(templates, ctx, emitter);
  return engine;
}

/** @throws Error: the text costs more than it may, or cannot be read */
export function render(engine: Liquid, source: string, variables: Record<string, unknown>): string {
  // A copy: what a template counts is written beside the variables.
  const ctx = new ClockedContext({ ...variables }, engine.options, { sync: true }, { liquid: engine });
  return engine.renderSync(engine.parse(source), ctx);
}

/** The library looks at the clock between tags only, and one tag may hold thousands of filters and comparisons. */
class ClockedContext extends Context {
  override *_get(paths: Parameters<Context["_get"]>[0]): IterableIterator<unknown> {
    lookAtClock(this);
    return yield* super._get(paths) as Generator<unknown>;
  }
}

function lookAtClock(ctx: Context): void {
  ctx.renderLimit.check(performance.now());
}

class CountingEmitter implements Emitter {
  buffer = "";
  private readonly ctx: Context;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  write(said: unknown): void {
    this.ctx.memoryLimit.use(measure(said));
    this.buffer += textOf(said);
  }
}

/** As the library writes it: a list without anything between its items. */
function textOf(value: unknown): string {
  const plain = toValue(value);
  if (Array.isArray(plain)) return plain.map(textOf).join("");
  return String(plain ?? "");
}

/** A filter whose values are no bigger than they may be, and which pays for what it makes. */
function counted(name: string, filter: FilterImplOptions): FilterImplOptions {
  const { handler, raw } = typeof filter === "function" ? { handler: filter, raw: false } : filter;
  return {
    raw,
    *handler(value, ...args): Generator<unknown> {
      const { context } = this;
      lookAtClock(context);
      const [size = 0, ...others] = [value, ...args].map(measure);
      if (readers.includes(name)) for (const read of others) context.memoryLimit.use(itemsOf(value) * read);
      if (searches.test(name)) ensureShortSearch(size, others[0]);
      if (name === "date" && (others[0] ?? 0) > longestFormat)
        throw new Error(`a date's format is longer than ${longestFormat}`);
      const made: unknown = yield handler.call(this, value, ...args);
      context.memoryLimit.use(measure(made));
      return made;
    },
  };
}

function itemsOf(value: unknown): number {
  if (value === null || typeof value !== "object") return 1;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function ensureShortSearch(size: number, sought = 0): void {
  if (size * sought > longestSearch) throw new Error("looks for too long a text in too long a text");
}

const contains: (typeof defaultOperators)["contains"] = function* (list, item, ctx) {
  if (!Array.isArray(list)) ensureShortSearch(measure(list), measure(item));
  return yield defaultOperators.contains?.(list, item, ctx);
};

function ensureNear(end: unknown): unknown {
  if (Math.abs(Number(toValue(end))) > farthest) throw new Error(`a range goes further than ${farthest}`);
  return end;
}

const { readGroupOrRange } = Tokenizer.prototype;

/** The library makes a range without asking anybody but its own limit, which takes the distance of its ends for the way between them. */
Tokenizer.prototype.readGroupOrRange = function (this: Tokenizer) {
  const range = readGroupOrRange.call(this);
  if (range && "lhs" in range) {
    range.lhs = ensuredEnd(range.lhs);
    range.rhs = ensuredEnd(range.rhs);
  }
  return range;
};

function ensuredEnd(end: ValueToken): FilteredValueToken {
  const { input, begin, end: until } = end;
  const filter = Object.assign(new PlainToken(TokenKind.Filter, input, until, until), { name: rangeEnd, args: [] });
  const initial = new Expression([end].values());
  return Object.assign(new PlainToken(TokenKind.FilteredValue, input, begin, until), { initial, filters: [filter] });
}

class PlainToken extends Token {}
