import { people, zones } from "./cast.ts";
import { type Line, mention } from "./line.ts";
import { instantAt } from "./local-time.ts";
import { type Random, seededRandom } from "./random.ts";
import { topics, words } from "./topics.ts";

const day = 86_400_000;
export const historyDays = 21;

/** Who talks in the long history, and who has been on leave for how many days: they have much to catch up on. */
const voices = ["ada", "ben", "carla", "duarte", "emma", "farid", "gita", "hana", "ivo"];
const onLeave: Record<string, number> = { emma: 1, hana: 4 };

/** When talks begin, on whose clock, and who is up. Fixed hours, so that no season changes who says what. */
const shifts = [
  { zone: zones.lisbon, peaks: [7 * 60, 12 * 60, 17 * 60], from: 390, to: 1110, together: true },
  { zone: zones.lisbon, peaks: [20 * 60], from: 1110, to: 1325, together: false },
  { zone: zones.dubai, peaks: [8 * 60], from: 390, to: 570, together: false },
] as const;

/**
 * Three weeks of the crews' talk, oldest first, ending the evening before `now`: always the same words, placed on the clocks of two
 * zones.
 */
export function longHistory(now: number, count: number): Line[] {
  const random = seededRandom(1861);
  const today = Math.floor(now / day) * day;
  const lines: Line[] = [];
  while (lines.length < count) lines.push(...talk(random, today).slice(0, count - lines.length));
  return lines.sort((a, b) => a.at - b.at);
}

function talk(random: Random, today: number): Line[] {
  const daysAgo = random.between(1, historyDays);
  const shift = shifts[random.chance(0.72) ? 0 : random.between(1, 2)] ?? shifts[0];
  const up = voices.filter((id) => daysAgo > (onLeave[id] ?? 0) && (shift.together || zoneOf(id) === shift.zone));
  const speakers = draw(random, up, random.between(2, Math.min(4, up.length)));
  const minutes = clamp(random.pick(shift.peaks) + (random.next() + random.next() - 1) * 240, shift.from, shift.to);
  const steps = random.pick(topics).slice(0, random.between(3, 8));
  const fill = fillWords(random);
  let at = instantAt(today - daysAgo * day, Math.round(minutes), shift.zone) + random.between(0, 59_999);
  const lines: Line[] = [];
  for (const step of steps) {
    lines.push(say(random, { speakers, before: lines, at, text: fill(random.pick(step)) }));
    at += random.between(15_000, 240_000);
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
  else if (fate < 0.023) line.deletedAt = at + random.between(5000, 120_000);
  return line;
}

function zoneOf(userId: string): string | undefined {
  return people.find((person) => person.userId === userId)?.timezone;
}

function draw(random: Random, from: string[], count: number): string[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)[0] ?? "");
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The words of one talk: drawn once, so that a ship keeps its name through it. */
function fillWords(random: Random): (text: string) => string {
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
    wind: random.between(18, 41),
    swell: (random.between(4, 24) / 10).toFixed(1),
    engine: random.between(1, 2),
    temp,
    lower: temp - random.between(9, 16),
    litres: random.between(12, 60) * 100,
    number: `26-${random.between(1000, 4999)}`,
    time: `${random.between(7, 21)}:${random.pick(["00", "10", "15", "20", "30", "40", "45", "50"])}`,
  };
  return (text) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Swaps two letters, as fingers do. */
function misspell(text: string): string {
  return text.replace(/([a-z])(?!\1)([a-z])(?=[a-z])/, "$2$1");
}
