import type { Audience } from "../api/trpc.ts";

/** What a stranger's input refers to: something that belongs to somebody else, or nothing at all. */
export type Subject = {
  instanceId: string;
  configId: string;
  sessionId: string;
  tokenId: string;
  passkeyId: string;
  identityId: string;
};

/** `input` makes a valid one about the subject; an entry without it can't name anything of others. */
export type Access = { audience: Audience; input?: (subject: Subject, newId: () => string) => object };

type About = NonNullable<Access["input"]>;

const byInstance: About = ({ instanceId }) => ({ instanceId });
const byConfig: About = ({ configId }) => ({ id: configId });
const command: About = ({ instanceId }, newId) => ({ instanceId, operationId: newId() });
const open: Access = { audience: "public" };
const half: Access = { audience: "half" };
const reads: Access = { audience: "read" };
const manages: Access = { audience: "manage" };
const account: Access = { audience: "account" };
const proven: Access = { audience: "proven" };
const admin: Access = { audience: "admin" };
const adminProven: Access = { audience: "admin-proven" };
const internal: Access = { audience: "internal" };
const readsInstance: Access = { audience: "read", input: byInstance };
const decidesPairing: Access = {
  audience: "manage",
  input: ({ instanceId }, newId) => ({ instanceId, requestId: newId() }),
};
const operates: Access = { audience: "operate", input: command };

/** Every procedure and who may call it. One that doesn't stand here fails the tests. */
export const accessMatrix: Record<"app" | "admin" | "internal", Record<string, Access>> = {
  app: {
    "live.follow": open,
    "auth.prelogin": open,
    "auth.register": open,
    "auth.login": open,
    "auth.logout": open,
    "auth.verifyTotp": half,
    "auth.me": reads,
    "auth.protection": account,
    "auth.stepUp": account,
    "auth.password.change": proven,
    "auth.password.set": proven,
    "auth.password.requestReset": open,
    "auth.password.readLink": open,
    "auth.password.askPasskey": open,
    "auth.password.reset": open,
    "auth.email.verify": account,
    "auth.email.sendVerification": account,
    "auth.email.requestChange": proven,
    "auth.email.confirmChange": account,
    "auth.totp.begin": proven,
    "auth.totp.confirm": proven,
    "auth.totp.disable": proven,
    "auth.recoveryCodes.regenerate": proven,
    "auth.passkeys.list": account,
    "auth.passkeys.begin": proven,
    "auth.passkeys.add": proven,
    "auth.passkeys.rename": {
      audience: "account",
      input: ({ passkeyId }) => ({ passkeyId, name: "Mine" }),
    },
    "auth.passkeys.remove": { audience: "proven", input: ({ passkeyId }) => ({ passkeyId }) },
    "auth.passkeys.beginSignIn": open,
    "auth.passkeys.signIn": open,
    "auth.passkeys.beginSecondFactor": half,
    "auth.passkeys.beginStepUp": account,
    "auth.providers.list": open,
    "auth.identities.list": account,
    "auth.identities.unlink": { audience: "proven", input: ({ identityId }) => ({ identityId }) },
    "auth.sessions.list": account,
    "auth.sessions.revoke": { audience: "account", input: ({ sessionId }) => ({ sessionId }) },
    "apiTokens.list": account,
    "apiTokens.create": proven,
    "apiTokens.revoke": { audience: "account", input: ({ tokenId }) => ({ tokenId }) },
    "audit.list": account,
    "vault.slots.list": manages,
    "vault.leftBehind": manages,
    "vault.configs.list": manages,
    "vault.configs.get": { audience: "manage", input: byConfig },
    "vault.configs.save": {
      audience: "manage",
      // The next revision of somebody's configuration.
      input: ({ configId }) => ({ id: configId, revision: 2, wrappedKey: "AAAA", envelope: "AAAA" }),
    },
    "vault.configs.remove": {
      audience: "destroy",
      input: ({ configId }) => ({ id: configId, index: { revision: 1, envelope: "AAAA" } }),
    },
    "vault.index.get": manages,
    "vault.index.save": manages,
    "instances.models": reads,
    "instances.list": reads,
    "instances.get": readsInstance,
    "instances.create": manages,
    "instances.rename": {
      audience: "manage",
      input: ({ instanceId }) => ({ instanceId, name: "Mine" }),
    },
    // Needs a host's key and a saved configuration: `npm run prove -- access` and instances.db.test.ts ask it as a stranger.
    "instances.deploy": manages,
    "instances.start": operates,
    "instances.stop": operates,
    "instances.restart": operates,
    "instances.kill": operates,
    "instances.upgrade": operates,
    "instances.remove": { audience: "destroy", input: command },
    "instances.openGateway": { audience: "proven", input: byInstance },
    "instances.rotateGatewayToken": { audience: "destroy", input: command },
    "instances.events": readsInstance,
    "instances.changes": reads,
    "instances.logs": readsInstance,
    "instances.stats": readsInstance,
    "instances.statsHistory": {
      audience: "read",
      input: ({ instanceId }) => ({ instanceId, range: "hour" }),
    },
    "instances.diskUsage": readsInstance,
    "instances.refusedConnections": readsInstance,
    "instances.exportConfig": { audience: "destroy", input: byInstance },
    "instances.chat.history": readsInstance,
    "instances.chat.send": {
      audience: "operate",
      input: ({ instanceId }, newId) => ({ instanceId, messageId: newId(), text: "Hello?" }),
    },
    "instances.chat.events": readsInstance,
    "instances.backups.list": readsInstance,
    "instances.backups.run": operates,
    "instances.backups.restore": {
      audience: "destroy",
      input: ({ instanceId }, newId) => ({ instanceId, operationId: newId(), backupId: newId() }),
    },
    "instances.backups.remove": {
      audience: "destroy",
      input: ({ instanceId }, newId) => ({ instanceId, backupId: newId() }),
    },
    "instances.pairing.list": readsInstance,
    "instances.pairing.changes": readsInstance,
    "instances.pairing.approve": decidesPairing,
    "instances.pairing.reject": decidesPairing,
    "instances.pairing.revoke": {
      audience: "manage",
      input: ({ instanceId }, newId) => ({ instanceId, deviceId: newId() }),
    },
    "deploy.keys": { audience: "manage", input: byInstance },
  },
  admin: {
    "auth.prelogin": open,
    "auth.login": open,
    "auth.logout": open,
    "auth.verifyTotp": half,
    "auth.me": admin,
    "auth.stepUp": admin,
    "auth.readInvitation": open,
    "auth.redeemInvitation": open,
    overview: admin,
    "users.list": admin,
    "instances.list": admin,
    "instances.changePlan": admin,
    "instances.upgradeAll": adminProven,
    "hosts.list": admin,
    "killSwitch.list": admin,
    "killSwitch.user": adminProven,
    "killSwitch.fleet": adminProven,
    "killSwitch.release": adminProven,
  },
  internal: {
    logs: internal,
    stats: internal,
    diskUsage: internal,
    exportConfig: internal,
    chatHistory: internal,
    chatSend: internal,
    chatEvents: internal,
    pairing: internal,
    pairingChanges: internal,
    approve: internal,
    reject: internal,
    removeDevice: internal,
    gatewayLink: internal,
  },
};
