import { jsonAnswer, type Route } from "./route.ts";
import { described } from "../openapi/descriptions.ts";

/** `GET /healthz`: tells if the service takes requests. */
export const healthRoute: Route = {
  method: "GET",
  path: "/healthz",
  operation: {
    operationId: "health",
    summary: "Tells if the service takes requests",
    responses: {
      "200": described("It does", {
        "application/json": {
          type: "object",
          required: ["status"],
          properties: { status: { type: "string", enum: ["ok", "stopping"] } },
        },
      }),
      "503": described("It was asked to end"),
    },
  },
  answer(_request, { stopping }) {
    return stopping() ? jsonAnswer({ status: "stopping" }, 503) : jsonAnswer({ status: "ok" });
  },
};
