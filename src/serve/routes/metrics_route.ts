import { described } from "../openapi/descriptions.ts";
import type { Route } from "./route.ts";

/** `GET /metrics`: the service's counts, as Prometheus reads them. */
export const metricsRoute: Route = {
  method: "GET",
  path: "/metrics",
  operation: {
    operationId: "metrics",
    summary: "The service's counts, as Prometheus reads them",
    responses: { "200": described("Prometheus text", { "text/plain": { type: "string" } }) },
  },
  async answer(_request, { metrics }) {
    return { type: metrics.type, body: await metrics.text() };
  },
};
