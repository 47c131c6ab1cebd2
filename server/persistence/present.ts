/** In SQL: the time in a parameter, or without one what Postgres' clock says, in whole ms as columns hold it. */
export function present(parameter: number): string {
  return `coalesce($${parameter}::timestamptz, date_trunc('milliseconds', clock_timestamp()))`;
}

/** Such a parameter. */
export function toMoment(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}
