import { useCallback, useEffect, useReducer, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { converse, emptyConversation } from "./conversation";

/** A gateway that takes a new token or restarts is back within seconds. */
const againMs = 2000;

/** The dashboard's conversation with a running assistant. After an interruption the history is read again, so nothing is missed. */
export function useChat(instanceId: string) {
  const [conversation, tell] = useReducer(converse, emptyConversation);
  const [live, setLive] = useState(true);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let timer: number | undefined;
    const again = () => {
      setLive(false);
      timer = window.setTimeout(() => setAttempt((before) => before + 1), againMs);
    };
    const readHistory = () =>
      launch.api.instances.chat.history.query({ instanceId }).then(
        (messages) => tell({ kind: "history", messages }),
        (error: unknown) => tell({ kind: "problem", text: textOfError(error) }),
      );
    const stream = launch.api.instances.chat.events.subscribe(
      { instanceId },
      {
        onStarted: () => {
          setLive(true);
          void readHistory();
        },
        onData: tell,
        onConnectionStateChange: ({ state, error }) => setLive(state === "pending" || !error),
        onComplete: again,
        onError: (error) => {
          tell({ kind: "problem", text: textOfError(error) });
          again();
        },
      },
    );
    return () => {
      clearTimeout(timer);
      stream.unsubscribe();
    };
  }, [instanceId, attempt]);

  /** Whether the assistant got it. */
  const send = useCallback(
    async (text: string): Promise<boolean> => {
      const messageId = crypto.randomUUID();
      try {
        const sent = launch.api.instances.chat.send.mutate({ instanceId, messageId, text });
        tell({ kind: "sent", message: { id: messageId, role: "user", text, at: new Date() } });
        await sent;
        return true;
      } catch (error) {
        tell({ kind: "refused", messageId, text: textOfError(error) });
        return false;
      }
    },
    [instanceId],
  );

  return { ...conversation, live, send };
}
