import { described } from "../openapi/descriptions.ts";
import { openapiDocument } from "../openapi/openapi_document.ts";
import { healthRoute } from "./health_route.ts";
import { metricsRoute } from "./metrics_route.ts";
import { planRoute } from "./plan_route.ts";
import { preprocessRoute } from "./preprocess_route.ts";
import { jsonAnswer, type Route } from "./route.ts";

/** `GET /openapi.json`: describes all routes, itself among them. */
const openapiRoute: Route = {
  method: "GET",
  path: "/openapi.json",
  operation: {
    operationId: "openapi",
    summary: "This description",
    responses: { "200": described("OpenAPI 3.1", { "application/json": { type: "object" } }) },
  },
  answer: () => jsonAnswer(openapiDocument(ROUTES)),
};

/** Everything that a service answers. */
export const ROUTES: readonly Route[] = [planRoute, preprocessRoute, healthRoute, metricsRoute, openapiRoute];
