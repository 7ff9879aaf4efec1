import { EventEmitter } from "node:events";
import { emittedEvents } from "../adapters/emitted-events.ts";
import {
  type ChatEvent,
  type ChatMessage,
  type Clock,
  type Gateway,
  type GatewayConnection,
  GatewayRefused,
  type GatewayTarget,
  type PairedDevice,
  type PairingRequest,
} from "../ports.ts";

type SessionEvent = ChatEvent & { sessionKey: string };

/** The gateways of all instances: healthy at once, demanding a paired device, answering every message. */
export class FakeGateway implements Gateway {
  readonly #clock: Clock;
  readonly paired = new Set<string>();
  /** The token that the gateway at an address demands. */
  tokenOf: (url: string) => string = () => "";
  /** Who waits for the owner's word, and who has it. Tests add to them; `tellOfPairing` tells those who watch. */
  requests: PairingRequest[] = [];
  devices: PairedDevice[] = [];
  readonly #pairing = new EventEmitter().setMaxListeners(0);
  readonly #messages = new Map<string, ChatMessage[]>();
  readonly #sent = new Set<string>();
  /** Makes instances say that they are not well. */
  healthy = true;
  /** Null: the model never answers. */
  answer: string | null = "Hello, I am your assistant.";
  /** What comes instead of an answer. */
  failure: string | null = null;
  /** Connections close as soon as somebody listens on them. */
  breaksOff = false;
  /** Messages that instances got, by their idempotency keys. */
  get received(): number {
    return this.#sent.size;
  }

  /** Addresses of instances that hang. */
  readonly hanging = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  probe(address: string): Promise<boolean> {
    return Promise.resolve(this.healthy && !this.hanging.has(address));
  }

  deviceId(deviceKey: string): string {
    return `device-${deviceKey}`;
  }

  tellOfPairing(): void {
    this.#pairing.emit("item");
  }

  async connect({ url, token, deviceKey }: GatewayTarget): Promise<GatewayConnection> {
    if (this.tokenOf(url) !== token) throw new GatewayRefused("token", "another token");
    if (!this.paired.has(this.deviceId(deviceKey))) throw new GatewayRefused("pairing", "unknown device");
    const conversation = (sessionKey: string) => {
      const messages = this.#messages.get(`${url} ${sessionKey}`) ?? [];
      this.#messages.set(`${url} ${sessionKey}`, messages);
      return messages;
    };
    const chat = new EventEmitter();
    let closed = false;
    const tokenNow = () => this.tokenOf(url);
    return {
      history: async (sessionKey, limit) => conversation(sessionKey).slice(-limit),
      send: async (sessionKey, text, idempotencyKey) => {
        if (!this.#sent.has(idempotencyKey)) {
          this.#sent.add(idempotencyKey);
          const messages = conversation(sessionKey);
          messages.push({ id: idempotencyKey, role: "user", text, at: this.#clock.now() });
          const { failure } = this;
          if (failure !== null) {
            const event: SessionEvent = {
              kind: "error",
              runId: idempotencyKey,
              sessionKey,
              message: failure,
            };
            chat.emit("item", event);
            return { runId: idempotencyKey };
          }
          this.#reply(messages, (text) => {
            chat.emit("item", {
              kind: "final",
              runId: idempotencyKey,
              sessionKey,
              text,
            } satisfies SessionEvent);
          });
        }
        return { runId: idempotencyKey };
      },
      abort: async () => {},
      events: (signal) => emittedEvents<SessionEvent>(chat, this.breaksOff ? AbortSignal.abort() : signal),
      pairing: async () => ({ requests: [...this.requests], devices: [...this.devices] }),
      pairingChanges: (signal) => emittedEvents<void>(this.#pairing, signal),
      approve: async (requestId) => {
        const request = this.#takeRequest(requestId);
        if (request.kind === "device") {
          const { name, address, askedAt } = request;
          this.devices.push({
            deviceId: requestId,
            name,
            address,
            connected: false,
            approvedAt: askedAt,
            seenAt: null,
          });
        }
        return request;
      },
      reject: async (requestId) => this.#takeRequest(requestId),
      removeDevice: async (deviceId) => {
        const device = this.devices.find((paired) => paired.deviceId === deviceId);
        if (!device) throw new GatewayRefused("missing", "no such device");
        this.devices = this.devices.filter((paired) => paired !== device);
        this.tellOfPairing();
        return device;
      },
      get closed() {
        return closed || tokenNow() !== token;
      },
      close: () => {
        closed = true;
      },
    };
  }

  #takeRequest(requestId: string): PairingRequest {
    const request = this.requests.find((waiting) => waiting.requestId === requestId);
    if (!request) throw new GatewayRefused("missing", "no such request");
    this.requests = this.requests.filter((waiting) => waiting !== request);
    this.tellOfPairing();
    return request;
  }

  #reply(messages: ChatMessage[], tell: (text: string) => void): void {
    const { answer } = this;
    if (answer === null) return;
    messages.push({ id: `${messages.length}`, role: "assistant", text: answer, at: this.#clock.now() });
    tell(answer);
  }
}
