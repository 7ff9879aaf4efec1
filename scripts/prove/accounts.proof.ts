// Attacks on accounts, over HTTP on the real product with its real limits: replays, guesses, stolen rows, fixed sessions, made-up
// addresses, links in mails, sign-in by providers; how alike answers are for known and unknown addresses, and what a flood of logins
// does to other pages.
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import type { Proof } from "../prove.ts";
import { floodOfLogins } from "./accounts/flood-of-logins.ts";
import { foreignLinks } from "./accounts/foreign-links.ts";
import { guessedCodes, guessedPasswords } from "./accounts/guesses.ts";
import { likeAnswers } from "./accounts/like-answers.ts";
import { madeUpAddresses } from "./accounts/made-up-addresses.ts";
import { openRedirects } from "./accounts/open-redirects.ts";
import { poisonedHosts } from "./accounts/poisoned-hosts.ts";
import { providerAttacks } from "./accounts/provider-attacks.ts";
import { type Providers, startProviders } from "./accounts/providers.ts";
import { repeatedArrivals } from "./accounts/repeated-arrivals.ts";
import { replayedCodes } from "./accounts/replayed-codes.ts";
import {
  floodedMailbox,
  guessedCodesOfReset,
  reusedResetLink,
  wrongResetLinks,
} from "./accounts/reset-links.ts";
import { fixedSession, revokedStream, stolenRow } from "./accounts/sessions.ts";
import type { Stage } from "./accounts/stage.ts";
import { type Product, tryProduct } from "./product.ts";

const attacks = {
  replayedCodes,
  guessedPasswords,
  guessedCodes,
  madeUpAddresses,
  fixedSession,
  stolenRow,
  revokedStream,
  reusedResetLink,
  wrongResetLinks,
  guessedCodesOfReset,
  floodedMailbox,
  poisonedHosts,
  providerAttacks,
  repeatedArrivals,
  foreignLinks,
  openRedirects,
  likeAnswers,
  floodOfLogins,
};

export async function prove(): Promise<Proof> {
  const providers = await startProviders();
  // One proxy in front, which is us: so everybody comes from an address of their own.
  const environment = { TRUSTED_PROXIES: "1", RATE_LIMIT_FACTOR: "1", ...providers.environment };
  try {
    return await tryProduct((product) => attackAll(product, providers), environment);
  } finally {
    await providers.close();
  }
}

async function attackAll(product: Product, providers: Providers): Promise<Proof> {
  providers.servedAt(product.webUrl);
  const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 4 });
  const stage: Stage = { product, db, providers, figures: {}, failures: [] };
  try {
    for (const [name, attack] of Object.entries(attacks)) {
      const begun = performance.now();
      await attack(stage);
      console.log(`  ${name.padEnd(20)} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
    return { figures: stage.figures, failures: stage.failures };
  } finally {
    await db.$disconnect();
  }
}
