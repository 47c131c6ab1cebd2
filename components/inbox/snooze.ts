export interface SnoozeChoice {
  label: string;
  until: Date;
}

const HOUR_MS = 3_600_000;

/** In the viewer's own time: an hour, this evening while it is not that yet, tomorrow morning, next Monday. */
export function snoozeChoices(now = new Date()): SnoozeChoice[] {
  const evening = at(now, 0, 18);
  const daysToMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { label: "For an hour", until: new Date(now.getTime() + HOUR_MS) },
    ...(evening.getTime() - now.getTime() > HOUR_MS ? [{ label: "This evening", until: evening }] : []),
    { label: "Tomorrow morning", until: at(now, 1, 8) },
    { label: "Next Monday", until: at(now, daysToMonday, 8) },
  ];
}

function at(day: Date, plus: number, hour: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + plus, hour);
}
