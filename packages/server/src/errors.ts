import type { System } from "@openclaw-launch/core/system";
import type { ErrorRequestHandler, Response } from "express";

const texts: Record<number, string> = {
  400: "The request could not be understood.",
  404: "There is nothing at this address.",
  408: "The request took too long to come.",
  413: "The request is too large.",
  431: "The header of the request is too large.",
};

export const textOf = (status: number): string => texts[status] ?? "The request was refused.";

/** Requests that no page or procedure could take. */
export function refuse(response: Response, status: number): void {
  answer(response, status, textOf(status));
}

/** Answers what nothing else answered; the cause stays in the log. */
export function handleErrors(sys: System): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status < 500) return refuse(response, status);
    const reference = sys.random.uuid();
    sys.log.error({ err: error, path: request.path, reference }, "request failed");
    answer(response, 500, `Something went wrong on our side. Reference: ${reference}`);
  };
}

function answer(response: Response, status: number, text: string): void {
  response.status(status).type("text/plain").set("cache-control", "no-store").send(`${text}\n`);
}

function statusOf(error: unknown): number {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : 500;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
