// The interfaces to everything outside the process. Each has one real adapter and one fake; both pass one contract suite.
import type { forgetRehearsals } from "./pool/forget-rehearsals.ts";
import type { StatsPoint } from "./stats/schema.ts";

export interface Clock {
  now(): Date;
  /** Resolves after the given time, or rejects with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  uuid(): string;
  bytes(length: number): Uint8Array;
}

export interface Limiter {
  /** Counts one point of `key`. Null while no more than `points` were counted in the window of so many seconds, else the seconds until it ends. */
  consume(key: string, points: number, seconds: number): Promise<number | null>;
}

/** Wakes waiting readers when rows change; carries ids only. */
export interface Changes {
  /** Yields the id of every instance that changed since the call, until the signal aborts. */
  instances(signal: AbortSignal): AsyncIterable<string>;
}

// ── Container engine ────────────────────────────────────────────────────────

/** A file below the instance's state directory, owned by the instance's user. */
export type InstanceFile = { path: string; mode: number; content: string };

/** What an instance may take of its host. */
export type InstanceLimits = {
  memoryBytes: number;
  /** Thousandths of a CPU. */
  milliCpus: number;
  pids: number;
};

/** Everything that decides what an instance's container is. Built only by `provisioner/spec.ts`. */
export type InstanceSpec = InstanceLimits & {
  instanceId: string;
  /** A container of another generation is replaced. */
  generation: number;
  image: string;
  hostname: string;
  environment: Readonly<Record<string, string>>;
  /** Written into the state directory before the container starts; never part of `docker inspect`. */
  files: readonly InstanceFile[];
};

/** Addresses on the instance's own internal network. */
export type InstanceNetwork = { gateway: string; address: string };

export type ContainerState = "created" | "running" | "exited";

export type ObservedInstance = {
  instanceId: string;
  /** What exists of it on the engine. */
  container: {
    state: ContainerState;
    generation: number;
    exitCode: number | null;
    outOfMemory: boolean;
    startedAt: Date | null;
    limits: InstanceLimits;
  } | null;
  network: InstanceNetwork | null;
  volume: boolean;
};

export type EngineEvent = { instanceId: string; kind: "start" | "die" | "oom" | "destroy"; at: Date };

export type LogLine = { at: Date; stream: "stdout" | "stderr"; text: string };

/** Commands that may run inside an instance. There is no other way to execute anything there. */
export type FixedCommand =
  | readonly ["openclaw-launch-pair", deviceId: string]
  | readonly ["openclaw", "config", "validate"]
  | typeof forgetRehearsals;

/** Room that an instance takes. `sizeBytes`: of a disk of its own, beyond which nothing can be written; null where it only shares one. */
export type DiskUse = { instanceId: string; usedBytes: number; sizeBytes: number | null };
/** Counters of a running instance, which only differences say something of, and what it holds and may hold now. */
export type InstanceStats = {
  instanceId: string;
  at: Date;
  /** Processor time. */
  cpuMicroseconds: number;
  /** Over its own network. */
  receivedBytes: number;
  sentBytes: number;
  memoryBytes: number;
  memoryLimit: number;
  /** Thousandths of a CPU that it may take. */
  milliCpus: number;
};
/** `path` below the state directory, fit to be shown. */
export type FolderSize = { path: string; bytes: number };

/** Of the moment, not of what was asked for: whoever asked tries again. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
}

/** Runs instances. Every method is idempotent: repeating it, or running it after a crash, leads to the same result. */
export interface Engine {
  /** Version and address of the engine; throws when it can't be reached. */
  ping(): Promise<{ version: string }>;
  /** The version of OpenClaw that an image says it holds; null where it isn't on the engine, or doesn't say. */
  imageVersion(image: string): Promise<string | null>;
  /** Creates the instance's network when missing. */
  network(instanceId: string): Promise<InstanceNetwork>;
  /** Network, volume and container as the spec says, with its files written; the container is not started. */
  apply(spec: InstanceSpec): Promise<void>;
  /** One that can't be started any more is taken away, with a TransientFailure: `apply` makes another, with the state that there is. */
  start(instanceId: string): Promise<void>;
  /** Other limits for the container that there is, which goes on running. Throws where the engine did not take them. */
  resize(instanceId: string, limits: InstanceLimits): Promise<void>;
  /** Asks to stop, kills after the grace period. A stopped or missing container is fine. */
  stop(instanceId: string, graceSeconds: number): Promise<void>;
  /** Removes container, network and volume. Missing ones are fine. */
  remove(instanceId: string): Promise<void>;
  /** Writes files into the state directory of a created or running container. */
  writeFiles(instanceId: string, files: readonly InstanceFile[]): Promise<void>;
  /**
   * The state directory as a tar archive, all of it as it is at one moment: a program that runs stands still until the archive has been
   * read or let go of. Needs a container.
   */
  readState(instanceId: string): AsyncIterable<Uint8Array>;
  /** As `apply` of a container that is made anew, and the state directory holds what the archive does, and the files; nothing else. */
  replaceState(spec: InstanceSpec, archive: AsyncIterable<Uint8Array>): Promise<void>;
  inspect(instanceId: string): Promise<ObservedInstance>;
  /** Every instance of which anything exists, even a network or volume alone. */
  list(): Promise<ObservedInstance[]>;
  events(since: Date, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** Whether an instance can't write beyond its quota, or is only found out. */
  readonly diskQuota: "enforced" | "measured";
  /** Of every instance whose room can be told at this moment. */
  disks(): Promise<DiskUse[]>;
  /** Of every running instance, cheaply enough to be asked every second. */
  stats(): Promise<InstanceStats[]>;
  /** What takes the most room in an instance's state directory, largest first. Changes nothing. */
  largestFolders(instanceId: string): Promise<FolderSize[]>;
  /** The last `tail` lines, then new ones until the signal aborts. */
  logs(
    instanceId: string,
    options: { tail: number; since?: Date; signal: AbortSignal },
  ): AsyncIterable<LogLine>;
  exec(instanceId: string, command: FixedCommand): Promise<{ exitCode: number; output: string }>;
}

// ── Gateway of a running OpenClaw ───────────────────────────────────────────

export type GatewayTarget = {
  /** `ws://<address and port of its container>` */
  url: string;
  /** `https://<instance host name>` */
  origin: string;
  token: string;
  /** Ed25519 seed of the platform's own device, base64url. */
  deviceKey: string;
};

export type ChatMessage = { id: string; role: "user" | "assistant"; text: string; at: Date };

/** `text` of a delta is the whole text so far. */
export type ChatEvent =
  | { kind: "delta"; runId: string; text: string }
  | { kind: "final"; runId: string; text: string }
  | { kind: "error"; runId: string; message: string }
  | { kind: "aborted"; runId: string };

/** Somebody who waits for the owner's word: a device that shows the token, or a person who wrote to the assistant's bot. */
export type PairingRequest =
  | {
      kind: "device";
      requestId: string;
      /** As it calls itself. */
      name: string;
      address: string | null;
      askedAt: Date;
      expiresAt: Date;
    }
  | {
      kind: "person";
      requestId: string;
      name: string;
      channel: string;
      senderId: string;
      askedAt: Date;
      expiresAt: Date;
    };

export type PairedDevice = {
  deviceId: string;
  name: string;
  address: string | null;
  connected: boolean;
  approvedAt: Date;
  seenAt: Date | null;
};

/** Without the platform's own device. */
export type Pairing = { requests: PairingRequest[]; devices: PairedDevice[] };

export interface GatewayConnection {
  history(sessionKey: string, limit: number): Promise<ChatMessage[]>;
  /** Sending with the same key again is the same message. */
  send(sessionKey: string, text: string, idempotencyKey: string): Promise<{ runId: string }>;
  abort(sessionKey: string): Promise<void>;
  /** Events of all sessions since the call, until the signal aborts; ends when the connection closes. */
  events(signal: AbortSignal): AsyncIterable<ChatEvent & { sessionKey: string }>;
  pairing(): Promise<Pairing>;
  /** Once for every change of the devices or their requests since the call; ends as `events` does. Requests of persons make none. */
  pairingChanges(signal: AbortSignal): AsyncIterable<void>;
  /** Both answer with the request. One that isn't listed is refused as "missing". */
  approve(requestId: string): Promise<PairingRequest>;
  reject(requestId: string): Promise<PairingRequest>;
  /** Its connections end with it. A device that isn't listed is refused as "missing". */
  removeDevice(deviceId: string): Promise<PairedDevice>;
  readonly closed: boolean;
  close(): void;
}

export class GatewayRefused extends Error {
  readonly reason: "unreachable" | "token" | "pairing" | "missing" | "protocol";
  constructor(reason: GatewayRefused["reason"], message: string) {
    super(message);
    this.name = "GatewayRefused";
    this.reason = reason;
  }
}

export type Health = "live" | "ready";

export interface Gateway {
  /** Whether its page `/healthz` (live) or `/readyz` (ready) says so; never throws. */
  probe(address: string, wanted: Health): Promise<boolean>;
  /** Throws GatewayRefused. */
  connect(target: GatewayTarget): Promise<GatewayConnection>;
  /** The name under which the gateway knows a device. */
  deviceId(deviceKey: string): string;
}

// ── OpenRouter ──────────────────────────────────────────────────────────────

export type ProviderKey = {
  /** OpenRouter's permanent name of the key. */
  hash: string;
  name: string;
  disabled: boolean;
  /** US dollars; null means no limit. */
  limit: number | null;
  usage: number;
  createdAt: Date;
};

export class ProviderRefused extends Error {
  readonly reason: "unreachable" | "credentials" | "missing" | "busy" | "protocol";
  constructor(reason: ProviderRefused["reason"], message: string) {
    super(message);
    this.name = "ProviderRefused";
    this.reason = reason;
  }
}

/** Every method throws ProviderRefused; no message holds a secret. */
export interface ModelProvider {
  /** Returns the secret, which can never be read again. */
  createKey(input: {
    name: string;
    limit: number;
    reset: "monthly" | null;
  }): Promise<ProviderKey & { secret: string }>;
  /** Every key whose name is exactly this one. */
  findKeys(name: string): Promise<ProviderKey[]>;
  updateKey(hash: string, change: { limit?: number; disabled?: boolean }): Promise<ProviderKey>;
  /** A missing key is fine. */
  deleteKey(hash: string): Promise<void>;
}

// ── Secrets of a host ───────────────────────────────────────────────────────

/** Keys that never leave the host, and what is sealed under them. */
export interface HostSecrets {
  readonly hostId: string;
  /** Ed25519 public key, base64url. */
  readonly identityKey: string;
  sign(message: Uint8Array): Uint8Array;
  /** Makes an X25519 pair and keeps the private half; the public one is base64url. */
  createDeployKey(): Promise<{ id: string; publicKey: string }>;
  /** PKCS #8, or null when it was destroyed. */
  readDeployKey(id: string): Promise<Uint8Array | null>;
  destroyDeployKey(id: string): Promise<void>;
  /** The sealed copy of what an instance runs with. */
  readInstance(instanceId: string): Promise<string | null>;
  writeInstance(instanceId: string, content: string): Promise<void>;
  removeInstance(instanceId: string): Promise<void>;
  /** For columns that only this host may read. `context` names table, column and row. */
  sealForDatabase(context: string, plaintext: string): Uint8Array<ArrayBuffer>;
  openFromDatabase(context: string, sealed: Uint8Array): string;
}

// ── Backups of instances' states ────────────────────────────────────────────

export type BackupPlace = { instanceId: string; backupId: string };

/** Files of this host. Each opens only with the key and under the place that it was written with. */
export interface BackupFiles {
  /** Appears only when it is whole, and replaces what was there. Size and SHA-256 (hex) are those of the file. */
  write(
    place: BackupPlace,
    key: Uint8Array,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{ sizeBytes: number; sha256: string }>;
  /** Fails, at the latest at its end, unless it is what was written. */
  read(place: BackupPlace, key: Uint8Array): AsyncIterable<Uint8Array>;
  /** The file as it is. */
  sealed(place: BackupPlace): AsyncIterable<Uint8Array>;
  /** As `read`, of a file of this place that comes from elsewhere. */
  unseal(place: BackupPlace, key: Uint8Array, sealed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** A missing one is fine. */
  remove(place: BackupPlace): Promise<void>;
  removeAll(instanceId: string): Promise<void>;
  /** Of which anything exists, even a part. */
  list(): Promise<BackupPlace[]>;
  /** Room that is left for more. */
  freeBytes(): Promise<number>;
}

/** What lets one host, and no other, open one backup of another. */
export type BackupGrant = {
  /** Of the host that asked. */
  deployKeyId: string;
  /** The file's key, HPKE, base64. */
  sealed: string;
  /** Of the host that has it, base64url. */
  signature: string;
};

/** The other workers, as a worker sees them. */
export interface Peers {
  /** Asks the host at this address for the backup that a restore on this one needs. Throws what it refuses with, and worker.unreachable. */
  fetchBackup(
    internalUrl: string,
    operationId: string,
    signal: AbortSignal,
  ): Promise<{ grant: BackupGrant; file: AsyncIterable<Uint8Array> }>;
}

// ── Workers, as the web server sees them ────────────────────────────────────

/** Live data of instances, asked of the worker of their host. Throws worker.unreachable. */
export interface Workers {
  logs(
    hostId: string,
    instanceId: string,
    options: { tail: number; since?: Date; signal: AbortSignal },
  ): AsyncIterable<LogLine>;
  /** What it takes of its host: of the last minutes, then as it is measured, until the signal aborts. */
  stats(
    hostId: string,
    instanceId: string,
    options: { since?: Date; signal: AbortSignal },
  ): AsyncIterable<StatsPoint>;
  /** JSON, without secrets. */
  exportConfig(hostId: string, instanceId: string): Promise<string>;
  diskUsage(hostId: string, instanceId: string): Promise<FolderSize[]>;
  chatHistory(hostId: string, instanceId: string): Promise<ChatMessage[]>;
  /** Sending with the same message id again is the same message. */
  chatSend(hostId: string, instanceId: string, messageId: string, text: string): Promise<{ runId: string }>;
  chatEvents(hostId: string, instanceId: string, signal: AbortSignal): AsyncIterable<ChatEvent>;
  pairing(hostId: string, instanceId: string): Promise<Pairing>;
  /** What is now, then again after every change. */
  pairingChanges(hostId: string, instanceId: string, signal: AbortSignal): AsyncIterable<Pairing>;
  approve(hostId: string, instanceId: string, requestId: string): Promise<PairingRequest>;
  reject(hostId: string, instanceId: string, requestId: string): Promise<PairingRequest>;
  removeDevice(hostId: string, instanceId: string, deviceId: string): Promise<PairedDevice>;
  /** A link that works once, for the owner's session. */
  gatewayLink(hostId: string, instanceId: string, sessionId: string): Promise<string>;
}

// ── Mail ────────────────────────────────────────────────────────────────────

/** Sending with the same key again is the same mail. */
export type Mail = { to: string; subject: string; html: string; text: string; idempotencyKey: string };

export class MailRefused extends Error {
  /** Whether the same mail may be accepted later. */
  readonly retry: boolean;
  constructor(message: string, { retry }: { retry: boolean }) {
    super(message);
    this.name = "MailRefused";
    this.retry = retry;
  }
}

export interface Mailer {
  /** Throws MailRefused, whose message holds neither a secret nor anything of the mail. */
  send(mail: Mail): Promise<void>;
}

// ── Sign-in with an account at Google or GitHub ─────────────────────────────

export type ProviderName = "google" | "github";

/** An account at a provider, as the provider vouches for it. It is known by issuer and subject: all else can change hands. */
export type ExternalIdentity = {
  provider: ProviderName;
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  /** The provider knows at this moment whose mailbox it is; else it may have asked years ago. */
  emailAuthoritative: boolean;
  name: string | null;
};

/** What must come back, kept by us while the person is at the provider. */
export type AuthorizationChecks = { state: string; nonce: string | null; codeVerifier: string };

export class IdentityRefused extends Error {
  readonly reason: "denied" | "invalid" | "unreachable";
  constructor(reason: IdentityRefused["reason"], message: string) {
    super(message);
    this.name = "IdentityRefused";
    this.reason = reason;
  }
}

/** Both methods throw IdentityRefused, whose message holds no secret. No token of the provider outlives the call. */
export interface IdentityProvider {
  /** Where the browser goes. `fresh` asks the provider to make sure anew who sits there. */
  begin(options: {
    redirectUri: string;
    fresh: boolean;
    loginHint?: string;
  }): Promise<{ url: string; checks: AuthorizationChecks }>;
  /** `maxAgeSeconds`: the person must have signed in to the provider since, where the provider can tell. */
  finish(options: {
    callback: URL;
    redirectUri: string;
    checks: AuthorizationChecks;
    maxAgeSeconds?: number;
  }): Promise<ExternalIdentity>;
}

/** Those that this installation offers. */
export type IdentityProviders = Readonly<Partial<Record<ProviderName, IdentityProvider>>>;
