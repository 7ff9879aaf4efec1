import type { AdminConfig, WebConfig } from "../config.ts";
import type { Workers } from "../ports.ts";
import type { AdminActor, Actor, System, UserActor } from "../system.ts";
import type { WorkerSystem } from "../worker.ts";

type AnonymousActor = Extract<Actor, { kind: "anonymous" }>;

/** What the web server has beyond every process. */
export type WebSystem = System & { config: WebConfig; workers: Workers };
export type AdminSystem = System & { config: AdminConfig };

/** Headers that a procedure adds to the answer: cookies. */
type Answer = { responseHeaders: Headers };

export type AppContext = Answer & { sys: WebSystem; actor: AnonymousActor | UserActor };
export type AdminContext = Answer & { sys: AdminSystem; actor: AnonymousActor | AdminActor };
/** `trusted`: the caller showed the internal secret. */
export type InternalContext = { sys: WorkerSystem; trusted: boolean };
