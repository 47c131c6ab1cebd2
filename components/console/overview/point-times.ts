const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

/** What an axis has room for: the time of day, or the day where the steps are of hours. */
export function tickOf(at: string, stepSeconds: number): string {
  return say(at, isOfHours(stepSeconds) ? day : clock);
}

/** Which point it is, and no other of the same day. */
export function pointOf(at: string, stepSeconds: number): string {
  return say(at, isOfHours(stepSeconds) ? { ...day, ...clock } : clock);
}

function isOfHours(stepSeconds: number): boolean {
  return stepSeconds > 3600;
}

function say(at: string, options: Intl.DateTimeFormatOptions): string {
  return new Date(at).toLocaleString("en-GB", options);
}
