import { firstIdAt, newId } from "../../server/ids.ts";
import { people } from "./cast.ts";
import { seededRandom } from "./random.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

const texts = [
  {
    type: "Delay",
    subject: "The 9:10 leaves ten minutes late",
    message: "Fog on the river. The 9:10 to Barreiro leaves at 9:20.",
    summary: "9:20 instead of 9:10, for the fog",
  },
  {
    type: "Delay",
    subject: "The 18:30 waits for the train",
    message: "The train from Évora is late. The boat waits until 18:38; those on board are told.",
    summary: "Eight minutes, for the passengers from Évora",
  },
  {
    type: "Rota",
    subject: "Your shift on Friday moved",
    message: "You are on deck from 14:00 instead of 12:00. Please confirm with Operations.",
    summary: "From 14:00 instead of 12:00",
  },
  {
    type: "Rota",
    subject: "A shift on Sunday is free",
    message: "Pier 2, 06:00 to 14:00. Whoever takes it first has it; ask Hannah.",
    summary: "Pier 2, 06:00 to 14:00",
  },
  {
    type: "Maintenance",
    subject: "Engine check done",
    message: "The starboard engine of the Lumière passed its 500-hour check.",
    summary: "Starboard engine, 500 hours: passed",
  },
  {
    type: "Maintenance",
    subject: "The ramp of pier 4 sticks",
    message: "It opens by hand. Lean on the left side, and keep passengers behind the yellow line.",
    summary: "Open it by hand until Thursday",
  },
  {
    type: "Freight",
    subject: "Container MSKU 402 cleared",
    message: "Customs released the container. It can be loaded from 16:30.",
    summary: "Can be loaded from 16:30",
  },
  {
    type: "Freight",
    subject: "Two pallets too many",
    message: "The Belém may take twelve pallets; fourteen are booked for 11:00. Please move two to the noon boat.",
    summary: "Fourteen booked, twelve allowed",
  },
  {
    type: "SystemAnnouncement",
    subject: "New winter timetable",
    message: "The winter timetable starts on Sunday. Boats run every 40 minutes.",
    summary: "Every 40 minutes from Sunday on",
  },
  {
    type: "UserInvite",
    subject: "You were invited to a chat",
    message: "Operations would like you to join the planning of the night boat.",
    summary: "Planning of the night boat",
  },
] as const;

/**
 * What the demo's people have been told over three weeks, in all the states there are: unread, seen, read, archived, snoozed, about to
 * expire, and still to come. The same at every start but for its times.
 */
export function demoNotifications(now: number, count: number) {
  const random = seededRandom(1874);
  return Array.from({ length: count }, (_, n) => {
    const { userId } = random.pick(people);
    const text = random.pick(texts);
    // Oldest first, as the log has them; the last dozen is still to come.
    const scheduled = n >= count - 12;
    const createdAt = now - Math.floor(((count - n) / count) * 21 * day) - random.between(0, 30) * minute;
    const later = (from: number, low: number, high: number) =>
      new Date(Math.min(from + random.between(low, high) * minute, now));
    const seen = !scheduled && random.chance(0.75);
    const read = seen && random.chance(0.8);
    const archived = read && random.chance(0.25);
    const seenAt = seen ? later(createdAt, 1, 600) : null;
    const readAt = read && seenAt ? later(seenAt.getTime(), 0, 60) : null;
    return {
      id: idAt(createdAt),
      userId,
      ...text,
      summary: random.chance(0.3) ? text.summary : null,
      priority: random.pick([0, 1, 1, 1, 1, 2, 3]),
      htmlContent: random.chance(0.2) ? `<p>${text.message}</p><p><strong>Lighthouse Ferries</strong></p>` : null,
      status: scheduled ? "scheduled" : "visible",
      scheduledFor: scheduled ? new Date(now + random.between(60, 7 * 24 * 60) * minute) : null,
      createdAt: new Date(createdAt),
      visibleAt: scheduled ? null : new Date(createdAt),
      seenAt,
      readAt,
      archivedAt: archived && readAt ? later(readAt.getTime(), 1, 600) : null,
      snoozedUntil:
        !scheduled && !read && random.chance(0.08) ? new Date(now + random.between(1, 48) * 60 * minute) : null,
      expiresAt: !scheduled && random.chance(0.05) ? new Date(now + random.between(2, 20) * day) : null,
    };
  });
}

/** A new id of a time, in ms since 1970: lists by time go by it. */
export function idAt(ms: number): string {
  return firstIdAt(ms).slice(0, 14) + newId().slice(14);
}
