import { deployAssistant, removeAssistant, secondsOf, signUpOwner } from "./owner.ts";
const t = performance.now();
const launch = await signUpOwner({ webUrl: "http://localhost:3000" });
console.log("signed up", Math.round(performance.now() - t));
const { id, operation } = await deployAssistant(launch);
for await (const op of operation.progress()) console.log(((performance.now() - t) / 1000).toFixed(1), op.state, op.error, JSON.stringify(secondsOf(op.phases)));
console.log(JSON.stringify(await launch.api.instances.chat.history.query({ instanceId: id }).catch((e) => e.message)));
if (process.argv[2] !== "keep") { await removeAssistant(launch, id); console.log("removed", (performance.now() - t) / 1000); }
process.exit(0);
