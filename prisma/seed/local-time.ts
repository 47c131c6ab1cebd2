const formats = new Map<string, Intl.DateTimeFormat>();

/** The instant, in ms since 1970, at which a clock in the zone shows that many minutes after midnight of the day (UTC midnight of its date). */
export function instantAt(day: number, minutes: number, zone: string): number {
  const shown = day + minutes * 60_000;
  return shown - offsetOf(shown - offsetOf(shown, zone), zone);
}

/** How far the zone's clock is ahead of UTC at that instant, in ms. */
function offsetOf(at: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    format = new Intl.DateTimeFormat("en", { ...numeric, second: "numeric", hourCycle: "h23", timeZone: zone });
    formats.set(zone, format);
  }
  return format;
}
