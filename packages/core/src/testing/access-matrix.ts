import type { Audience } from "../api/trpc.ts";

/** What a stranger's input refers to: something that belongs to somebody else, or nothing at all. */
export type Subject = { instanceId: string; configId: string };

/** `input` makes a valid one about the subject; an entry without it can't name anything of others. */
export type Access = { audience: Audience; input?: (subject: Subject, newId: () => string) => object };

const byInstance = ({ instanceId }: Subject) => ({ instanceId });
const command = ({ instanceId }: Subject, newId: () => string) => ({ instanceId, operationId: newId() });
const byConfig = ({ configId }: Subject) => ({ id: configId });
const open: Access = { audience: "public" };
const own: Access = { audience: "user" };
const ofInstance: Access = { audience: "user", input: byInstance };
const commands: Access = { audience: "user", input: command };
const admin: Access = { audience: "admin" };
const internal: Access = { audience: "internal" };

/** Every procedure and who may call it. One that doesn't stand here fails the tests. */
export const accessMatrix: Record<"app" | "admin" | "internal", Record<string, Access>> = {
  app: {
    "auth.prelogin": open,
    "auth.register": open,
    "auth.login": open,
    "auth.logout": open,
    "auth.me": own,
    "vault.slots.list": own,
    "vault.configs.list": own,
    "vault.configs.get": { audience: "user", input: byConfig },
    "vault.configs.save": {
      audience: "user",
      // The next revision of somebody's configuration.
      input: ({ configId }) => ({ id: configId, revision: 2, wrappedKey: "AAAA", envelope: "AAAA" }),
    },
    "vault.configs.remove": { audience: "user", input: byConfig },
    "vault.index.get": own,
    "vault.index.save": own,
    "instances.models": own,
    "instances.list": own,
    "instances.get": ofInstance,
    "instances.create": own,
    "instances.rename": {
      audience: "user",
      input: ({ instanceId }) => ({ instanceId, name: "Mine" }),
    },
    // Needs a host's key and a saved configuration: instances.db.test.ts asks it as a stranger.
    "instances.deploy": own,
    "instances.start": commands,
    "instances.stop": commands,
    "instances.restart": commands,
    "instances.kill": commands,
    "instances.remove": commands,
    "instances.events": ofInstance,
    "instances.changes": own,
    "instances.logs": ofInstance,
    "instances.chat.history": ofInstance,
    "instances.chat.send": {
      audience: "user",
      input: ({ instanceId }, newId) => ({ instanceId, messageId: newId(), text: "Hello?" }),
    },
    "instances.chat.events": ofInstance,
    "deploy.keys": ofInstance,
  },
  admin: {
    "auth.prelogin": open,
    "auth.login": open,
    "auth.logout": open,
    "auth.me": admin,
    "auth.readInvitation": open,
    "auth.redeemInvitation": open,
    overview: admin,
    "users.list": admin,
    "instances.list": admin,
    "hosts.list": admin,
  },
  internal: {
    health: internal,
    logs: internal,
    chatHistory: internal,
    chatSend: internal,
    chatEvents: internal,
  },
};
