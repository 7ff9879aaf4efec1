import type { CDPSession, Page } from "@playwright/test";

/** A device that makes passkeys and uses them whenever it is asked. */
export class PasskeyDevice {
  readonly #browser: CDPSession;
  readonly #id: string;

  private constructor(browser: CDPSession, id: string) {
    this.#browser = browser;
    this.#id = id;
  }

  /** `synced`: its passkeys are kept by a platform, and so on other devices too. */
  static async plugIn(page: Page, { synced = false } = {}): Promise<PasskeyDevice> {
    const browser = await page.context().newCDPSession(page);
    await browser.send("WebAuthn.enable");
    const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        defaultBackupEligibility: synced,
        defaultBackupState: synced,
      },
    });
    return new PasskeyDevice(browser, authenticatorId);
  }

  /** Whether it recognises the person who is asked. */
  async recognises(isUserVerified: boolean): Promise<void> {
    await this.#browser.send("WebAuthn.setUserVerified", { authenticatorId: this.#id, isUserVerified });
  }

  async unplug(): Promise<void> {
    await this.#browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.#id });
  }
}
