import type { Context } from "../../operation.ts";

/** What a tenant may take of a node's time to look at its templates, in ms a second: nothing else goes on while one is rendered. */
const renderTime = { rate: 200, burst: 2000 };

/** Renders what is only looked at, at the cost of the time that it takes. Throws `rate_limited` when none is left. */
export function inRenderTime<T>(
  { services: { limiter }, tenantId }: Pick<Context, "services" | "tenantId">,
  make: () => T,
): T {
  limiter.take("rendering", tenantId, renderTime);
  const begun = performance.now();
  try {
    return make();
  } finally {
    limiter.charge("rendering", tenantId, performance.now() - begun);
  }
}
