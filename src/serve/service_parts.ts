import type { RunOptions } from "../engine/options.ts";
import type { Budget } from "../engine/run/budget.ts";
import type { Batches } from "./batches/batches.ts";
import type { PlanSettings } from "./plans/request_plan.ts";
import type { SizePlans } from "./plans/size_plans.ts";
import type { ServedModel } from "./served_model.ts";
import type { ServiceLimits } from "./service_limits.ts";
import type { ServiceMetrics } from "./service_metrics.ts";

/** All that the routes of a service share. */
export interface ServiceParts {
  readonly model: ServedModel;
  readonly limits: ServiceLimits;
  /** The options that decide plans. */
  readonly settings: PlanSettings & Pick<RunOptions, "orient">;
  /** The hosts that pictures are fetched from. */
  readonly hosts: readonly string[];
  /** The memory of bodies that are held. */
  readonly bodies: Budget;
  /** The memory of pictures that were fetched. */
  readonly fetches: Budget;
  /** The memory of results that are on their way. */
  readonly results: Budget;
  readonly plans: SizePlans;
  readonly batches: Batches;
  readonly metrics: ServiceMetrics;
  /** True once the service was asked to end. */
  readonly stopping: () => boolean;
}
