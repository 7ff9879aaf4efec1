// The worker is killed at every step of a deploy: the part of `faults` that takes minutes.
import type { Proof } from "../prove.ts";
import { killed, tryFaults } from "./faults/cells.ts";

export const prove = (): Promise<Proof> => tryFaults([killed("worker")]);
