import type { PairingView } from "@openclaw-launch/core/instances/schema";
import { useToast } from "@openclaw-launch/ui/toast";
import { useEffect, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

/** Who may reach a running assistant and who asks to, as it changes; and the owner's word about them. */
export function usePairing(instanceId: string) {
  const toast = useToast();
  const [pairing, setPairing] = useState<PairingView | null>(null);
  const [live, setLive] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  /** Ids of requests and devices that a word is on its way about. */
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());

  useEffect(() => {
    const stream = launch.api.instances.pairing.changes.subscribe(
      { instanceId },
      {
        onStarted: () => {
          setLive(true);
          setProblem(null);
        },
        onData: setPairing,
        onConnectionStateChange: ({ state, error }) => setLive(state === "pending" || !error),
        onError: (error) => setProblem(textOfError(error)),
      },
    );
    return () => stream.unsubscribe();
  }, [instanceId]);

  async function say(id: string, word: () => Promise<{ name: string }>, done: (name: string) => string) {
    if (pending.has(id)) return;
    setPending((before) => new Set(before).add(id));
    try {
      const { name } = await word();
      toast({ tone: "ok", text: done(name) });
      setPairing(await launch.api.instances.pairing.list.query({ instanceId }));
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setPending((before) => new Set([...before].filter((other) => other !== id)));
    }
  }

  return {
    pairing,
    live,
    problem,
    pending,
    approve: (requestId: string) =>
      say(
        requestId,
        () => launch.api.instances.pairing.approve.mutate({ instanceId, requestId }),
        (name) => `${name} has access now.`,
      ),
    reject: (requestId: string) =>
      say(
        requestId,
        () => launch.api.instances.pairing.reject.mutate({ instanceId, requestId }),
        (name) => `${name} was turned away.`,
      ),
    revoke: (deviceId: string) =>
      say(
        deviceId,
        () => launch.api.instances.pairing.revoke.mutate({ instanceId, deviceId }),
        (name) => `${name} has no access any more.`,
      ),
  };
}
