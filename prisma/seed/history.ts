import { people, zones } from "./cast.ts";
import { type Line, mention } from "./line.ts";
import { instantAt } from "./local-time.ts";
import { type Random, seededRandom } from "./random.ts";
import { topics, words } from "./topics.ts";

const day = 86_400_000;

/** Who talks in the long history, and who has been on leave for how many days: they have much to catch up on. */
const voices = ["ada", "ben", "carla", "duarte", "emma", "farid", "gita", "hana", "ivo"];
const onLeave: Record<string, number> = { emma: 1, hana: 4 };

/**
 * When a day's talks are, in minutes after midnight on whose clock, how many, and who is up. Fixed hours, so that no season changes
 * who says what. In the order of the day: Dubai's morning is Lisbon's night.
 */
const shifts = [
  { zone: zones.dubai, from: 390, to: 570, talks: [4, 6], together: false },
  { zone: zones.lisbon, from: 395, to: 1110, talks: [32, 41], together: true },
  { zone: zones.lisbon, from: 1110, to: 1365, talks: [5, 8], together: false },
] satisfies Shift[];

interface Shift {
  zone: string;
  from: number;
  to: number;
  talks: [low: number, high: number];
  together: boolean;
}

/**
 * Some three weeks of the crews' talk, oldest first, ending the evening before `now`: always the same words, placed on the clocks of
 * two zones.
 */
export function longHistory(now: number, count: number): Line[] {
  const random = seededRandom(1861);
  const today = Math.floor(now / day) * day;
  let lines: Line[] = [];
  for (let daysAgo = 1; lines.length < count; daysAgo++) {
    lines = [...shifts.flatMap((shift) => talksOf(random, shift, today, daysAgo)), ...lines];
  }
  return lastOf(lines, count);
}

/** The last lines; what answers an earlier one answers nothing. */
function lastOf(lines: Line[], count: number): Line[] {
  const kept = lines.slice(-count);
  const known = new Set(kept);
  for (const line of kept) if (line.replyTo && !known.has(line.replyTo)) line.replyTo = undefined;
  return kept;
}

/** The talks of one shift, one after the other: each has a slot of its own. */
function talksOf(random: Random, shift: Shift, today: number, daysAgo: number): Line[] {
  const { zone, from, to, talks, together } = shift;
  const midnight = today - daysAgo * day;
  const up = voices.filter((id) => daysAgo > (onLeave[id] ?? 0) && (together || zoneOf(id) === zone));
  const count = random.between(...talks);
  const slot = ((to - from) / count) * 60_000;
  return Array.from({ length: count }, (_, index) => {
    const after = Math.round((index + random.next() * 0.3) * slot);
    const hour = Math.floor((from + after / 60_000) / 60);
    return talk(random, { up, hour, begin: instantAt(midnight, from, zone) + after, lasts: slot * 0.65 });
  }).flat();
}

interface Slot {
  up: string[];
  /** The clock's hour when it begins. */
  hour: number;
  begin: number;
  lasts: number;
}

function talk(random: Random, { up, hour, begin, lasts }: Slot): Line[] {
  const speakers = draw(random, up, random.between(2, Math.min(4, up.length)));
  const steps = random.pick(topics).slice(0, random.between(3, 8));
  const fill = fillWords(random, hour);
  const lines: Line[] = [];
  let at = begin;
  for (const step of steps) {
    lines.push(say(random, { speakers, before: lines, at, text: fill(random.pick(step)) }));
    at += random.between(10_000, Math.min(240_000, Math.floor(lasts / steps.length)));
  }
  return lines;
}

interface Moment {
  speakers: string[];
  before: Line[];
  at: number;
  text: string;
}

function say(random: Random, { speakers, before, at, text }: Moment): Line {
  const last = before.at(-1);
  const sender = random.pick(speakers.filter((id) => id !== last?.sender));
  const line: Line = { sender, text, at };
  const addressed = random.chance(0.07);
  if (last && addressed) Object.assign(line, mention(last.sender, text));
  const replying = random.chance(0.12);
  if (last && replying) line.replyTo = random.pick(before);
  const fate = random.next();
  if (fate < 0.015) line.edited = { before: misspell(line.text), at: at + random.between(8000, 90_000) };
  else if (fate < 0.023) line.deletedAt = at + random.between(5000, 90_000);
  return line;
}

function zoneOf(userId: string): string | undefined {
  return people.find((person) => person.userId === userId)?.timezone;
}

function draw(random: Random, from: string[], count: number): string[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)[0] ?? "");
}

/** The words of one talk: drawn once, so that a ship keeps its name through it. */
function fillWords(random: Random, hour: number): (text: string) => string {
  const ship = random.pick(words.ship);
  const temp = random.between(88, 104);
  const values: Record<string, string | number> = {
    ship,
    other: random.pick(words.ship.filter((name) => name !== ship)),
    port: random.pick(words.port),
    pier: random.pick(words.pier),
    cargo: random.pick(words.cargo),
    lost: random.pick(words.lost),
    dir: random.pick(words.dir),
    n: random.between(4, 48),
    half: random.between(3, 15),
    wind: random.between(16, 37),
    swell: (random.between(4, 24) / 10).toFixed(1),
    engine: random.between(1, 2),
    temp,
    lower: temp - random.between(9, 16),
    litres: random.between(12, 60) * 100,
    number: `26-${random.between(1000, 4999)}`,
    since: `${hour - 1}:${random.between(1, 5)}5`,
    time: `${Math.min(23, hour + random.between(1, 3))}:${random.between(0, 5)}0`,
  };
  return (text) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Swaps two letters, as fingers do. */
function misspell(text: string): string {
  return text.replace(/([a-z])(?!\1)([a-z])(?=[a-z])/, "$2$1");
}
