import { planAway } from "../domain/away/plan-away.ts";
import { planDeliveries } from "../domain/deliveries/plan-deliveries.ts";
import { planWebhooks } from "../domain/webhooks/plan-webhooks.ts";
import type { Consumer, SetConsumer } from "../log/planner.ts";

/** Who turns the log into effects, each with a cursor of its own. */
export const consumers: (Consumer | SetConsumer)[] = [planAway, planDeliveries, planWebhooks];
