import { Button } from "@openclaw-launch/ui/button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { Link } from "@remix-run/react";
import { Chat } from "~/components/chat";
import { OperationProgress } from "~/components/operation-progress";
import { badges } from "~/status";
import { useShownAssistant } from "./_app.assistants.$id";

export default function ChatTab() {
  const { instance } = useShownAssistant();
  const { name, status, operation } = instance;
  if (status === "running") return <Chat instance={instance} />;
  if (status === "draft") {
    return (
      <EmptyState
        title={`${name} was never launched`}
        action={
          <Button look="primary" asChild>
            <Link to="settings">Finish its settings</Link>
          </Button>
        }
      >
        Its name is kept. Complete its settings and launch it from there.
      </EmptyState>
    );
  }
  if (operation && (badges[status].active || operation.state === "failed"))
    return <OperationProgress instance={instance} operation={operation} />;
  return (
    <EmptyState title={`${name} is ${badges[status].label.toLowerCase()}`}>
      Start it to go on talking. What it remembers is kept.
    </EmptyState>
  );
}
