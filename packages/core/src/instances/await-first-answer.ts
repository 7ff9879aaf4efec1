import { DomainError } from "../errors.ts";
import { type ChatMessage, type GatewayConnection, GatewayRefused, TransientFailure } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { dashboardSession } from "./chat-sessions.ts";

/** OpenClaw's words for a model that isn't paid for. */
export const outOfCredits = /billing|credit|key limit/i;

const limitMs = 120_000;
const attempts = 3;
const pauseMs = 1000;
const greeting = "Introduce yourself in one or two short sentences.";

/** The question that the platform asks in its owner's place at every deploy; not one of theirs. */
export const isGreeting = ({ role, text }: ChatMessage): boolean =>
  role === "user" && text.includes(greeting);

/**
 * Sends a real message and waits for the assistant's own words: only then is a deploy done.
 * The operation id makes the message unique, so that a repeat after a crash asks once; `since` is when this deploy began to ask: the
 * conversation outlives the container, and what an earlier one was answered proves nothing of this one.
 */
export async function awaitFirstAnswer(
  worker: WorkerSystem,
  instanceId: string,
  operationId: string,
  since: Date,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(limitMs), done.signal]);
  const ask = async () => {
    const connection = await within(waiting, worker.chats.open(instanceId));
    // Listening begins before the question, so that a quick answer isn't missed.
    const answer = nextAnswer(connection, waiting);
    answer.catch(() => {}); // it may fail before, or without, anybody waiting for it below
    if (hasAnswer(await connection.history(dashboardSession, 20), since)) return;
    await connection.send(dashboardSession, greeting, operationId);
    await answer.catch(async (error) => {
      // S1: with its allowance used up an assistant that was launched goes on running, and says so.
      const isUnpaid = error instanceof Unanswered && outOfCredits.test(error.message);
      if (!isUnpaid || !(await wasLaunched(worker, instanceId))) throw error;
    });
  };
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!isDropped(error) || attempt === attempts || waiting.aborted) throw error;
        await worker.clock.sleep(pauseMs, waiting);
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof DomainError || cause instanceof TransientFailure) throw cause;
    throw new DomainError(
      "deploy.no-answer",
      cause instanceof GatewayRefused ? { reason: cause.reason } : undefined,
      { cause },
    );
  } finally {
    done.abort();
  }
}

class Unanswered extends Error {}

const isDropped = (error: unknown) => error instanceof GatewayRefused && error.reason === "unreachable";

/** Connecting takes what it takes; whoever waits for it may have to go. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}

async function nextAnswer(connection: GatewayConnection, signal: AbortSignal): Promise<void> {
  for await (const event of connection.events(signal)) {
    if (event.sessionKey !== dashboardSession) continue;
    if (event.kind === "final" && event.text.trim() !== "") return;
    if (event.kind === "error") throw new Unanswered(`the assistant could not answer: ${event.message}`);
  }
  throw new GatewayRefused("unreachable", "the connection closed before the assistant answered");
}

const wasLaunched = async ({ db }: WorkerSystem, instanceId: string) =>
  (await db.operation.count({ where: { instanceId, kind: "deploy", state: "succeeded" } })) > 0;

/** An answer that came while nobody was listening, before a restart of the worker. */
function hasAnswer(history: ChatMessage[], since: Date): boolean {
  const asked = history.findLastIndex((message) => isGreeting(message) && message.at >= since);
  return (
    asked >= 0 &&
    history.slice(asked + 1).some((message) => message.role === "assistant" && message.text.trim() !== "")
  );
}
