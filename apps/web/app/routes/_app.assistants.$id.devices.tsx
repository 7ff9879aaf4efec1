import type { PairedDeviceView, PairingRequestView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { Notice } from "@openclaw-launch/ui/notice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { Skeleton } from "@openclaw-launch/ui/skeleton";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { MessageCircle, MonitorSmartphone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { channelName } from "~/components/channel-icons";
import { OpenGateway } from "~/components/open-gateway";
import { TokenRotation } from "~/components/token-rotation";
import { usePairing } from "~/live/pairing";
import { useShownAssistant } from "./_app.assistants.$id";

export default function Devices() {
  const { instance } = useShownAssistant();
  if (instance.status !== "running") {
    return (
      <EmptyState title={`${instance.name} isn’t running`}>
        Nobody can reach it now. Once it runs, this page shows who asks for access and who has it.
      </EmptyState>
    );
  }
  return <Access />;
}

function Access() {
  const { instance } = useShownAssistant();
  const { pairing, live, problem, pending, approve, reject, revoke } = usePairing(instance.id);
  const [revoking, setRevoking] = useState<PairedDeviceView | null>(null);

  if (problem) return <Notice tone="bad">{problem}</Notice>;
  return (
    <div className="grid max-w-3xl gap-4">
      {!live && (
        <Notice tone="warn">The connection was interrupted. New requests appear when it is back.</Notice>
      )}
      <Card
        title="Control page"
        hint={`The page that ${instance.name} itself serves. A browser that is new to it asks for access below.`}
        actions={<OpenGateway instance={instance} />}
      />
      <Card
        title="Asking for access"
        hint={`Let in only whom you expect right now: a device can do everything with ${instance.name}, a person can talk to it.`}
      >
        <Rows
          label="Requests"
          items={pairing?.requests}
          nothing="Nobody asks. New requests appear here by themselves."
        >
          {(request) => (
            <RequestRow
              key={request.requestId}
              request={request}
              busy={pending.has(request.requestId)}
              onApprove={() => void approve(request.requestId)}
              onReject={() => void reject(request.requestId)}
            />
          )}
        </Rows>
      </Card>
      <Card title="Devices with access" hint="This dashboard has access of its own and isn’t listed.">
        <Rows label="Devices" items={pairing?.devices} nothing="No other device has access.">
          {(device) => (
            <DeviceRow
              key={device.deviceId}
              device={device}
              busy={pending.has(device.deviceId)}
              onRevoke={() => setRevoking(device)}
            />
          )}
        </Rows>
      </Card>
      <TokenRotation instance={instance} />
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={`Revoke ${revoking?.name}?`}
        description={`It is disconnected at once and has to ask again. What it did with ${instance.name} stays.`}
        action="Revoke access"
        onConfirm={() => {
          if (revoking) void revoke(revoking.deviceId);
          setRevoking(null);
        }}
      />
    </div>
  );
}

type RowsProps<Item> = {
  label: string;
  /** Undefined while they are being read. */
  items: readonly Item[] | undefined;
  nothing: string;
  children: (item: Item) => ReactNode;
};

function Rows<Item>({ label, items, nothing, children }: RowsProps<Item>) {
  if (!items) return <Skeleton className="h-10 w-full" />;
  if (items.length === 0) return <p className="text-muted">{nothing}</p>;
  return (
    <ul aria-label={label} className="grid divide-y divide-line">
      {items.map(children)}
    </ul>
  );
}

function Row({ icon, children, actions }: { icon: ReactNode; children: ReactNode; actions: ReactNode }) {
  return (
    <li className="flex flex-wrap items-start gap-3 py-3 first:pt-0 last:pb-0">
      <span className="mt-0.5 shrink-0 text-muted">{icon}</span>
      <div className="min-w-0 grow basis-56">{children}</div>
      <div className="flex gap-2">{actions}</div>
    </li>
  );
}

type RequestRowProps = {
  request: PairingRequestView;
  busy: boolean;
  onApprove: () => void;
  onReject: () => void;
};

function RequestRow({ request, busy, onApprove, onReject }: RequestRowProps) {
  const { kind, name, askedAt, requestId } = request;
  return (
    <Row
      icon={kind === "device" ? <DeviceIcon /> : <MessageCircle size={18} aria-hidden />}
      actions={
        <>
          <Button size="small" disabled={busy} aria-label={`Reject ${name}`} onClick={onReject}>
            Reject
          </Button>
          <Button
            size="small"
            look="primary"
            busy={busy ? "One moment…" : null}
            aria-label={`Approve ${name}`}
            onClick={onApprove}
          >
            Approve
          </Button>
        </>
      }
    >
      <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
      <p className="text-muted [overflow-wrap:anywhere]">
        {request.kind === "device"
          ? `Device${request.address ? ` at ${request.address}` : ""} · request ${requestId.slice(0, 8)}`
          : `${channelName(request.channel)} · ${request.senderId}`}{" "}
        · asked <RelativeTime date={askedAt} />
      </p>
    </Row>
  );
}

function DeviceRow({
  device,
  busy,
  onRevoke,
}: {
  device: PairedDeviceView;
  busy: boolean;
  onRevoke: () => void;
}) {
  const { name, address, connected, approvedAt, seenAt } = device;
  return (
    <Row
      icon={<DeviceIcon />}
      actions={
        <Button
          size="small"
          busy={busy ? "Revoking…" : null}
          aria-label={`Revoke ${name}`}
          onClick={onRevoke}
        >
          Revoke
        </Button>
      }
    >
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
        {connected && <StateBadge tone="ok" label="Connected" />}
      </p>
      <p className="text-muted [overflow-wrap:anywhere]">
        {address && `From ${address} · `}approved <RelativeTime date={approvedAt} />
        {seenAt && !connected && (
          <>
            {" "}
            · last seen <RelativeTime date={seenAt} />
          </>
        )}
      </p>
    </Row>
  );
}

const DeviceIcon = () => <MonitorSmartphone size={18} aria-hidden />;
