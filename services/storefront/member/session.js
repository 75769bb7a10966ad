/**
 * The customer's visit: a code turned, once, into a session of an hour; what renews its tokens stays in this tab.
 *
 * sessionStorage, not localStorage: another tab, or the next person at a shared tablet, begins without it.
 */

import { failureOf, within } from "/widgets/v1/failure.js";

const REQUEST_TIMEOUT_MS = 10_000;

export class Visit {
  #shop;
  #renewal = null;
  #token = null; // the one that came with the session, until it was handed out

  /** Called once when the session has ended and the customer is a visitor again. */
  ended = () => {};

  constructor(shop) {
    this.#shop = shop;
  }

  /** Go on with this tab's session; whether there is one. */
  resume() {
    this.#renewal = remembered(this.#shop);
    return this.#renewal !== null;
  }

  /** Use the code. Throws a Failure; "unauthenticated" means that it was used or has expired. */
  async open(code) {
    // Whoever was here before is not who the new link is for, even if the link turns out to be used.
    remember(this.#shop, null);
    const { token, renewal } = await post("/profiles/v1/sessions", { shop: this.#shop, code });
    this.#token = token;
    this.#renewal = renewal;
    remember(this.#shop, renewal);
  }

  /** A token for the widgets: see provideTokens(). Null once the session is over. */
  async token() {
    const first = this.#token;
    this.#token = null;
    return first ?? this.#renew();
  }

  async #renew() {
    if (this.#renewal === null) return null;
    try {
      return (await post("/profiles/v1/sessions/renew", { renewal: this.#renewal })).token;
    } catch (failure) {
      if (failure.status !== 401) throw failure; // the widgets say so and try again
      this.#renewal = null;
      remember(this.#shop, null);
      this.ended();
      return null;
    }
  }
}

function post(path, body) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(body), credentials: "omit", cache: "no-store" };
  return within(REQUEST_TIMEOUT_MS, async (signal) => {
    const answer = await fetch(path, { ...request, signal });
    if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
    return answer.json();
  });
}

function remembered(shop) {
  try {
    return sessionStorage.getItem(`regulars.renewal.${shop}`);
  } catch {
    return null; // storage is switched off: a reload ends the visit
  }
}

function remember(shop, renewal) {
  try {
    if (renewal === null) sessionStorage.removeItem(`regulars.renewal.${shop}`);
    else sessionStorage.setItem(`regulars.renewal.${shop}`, renewal);
  } catch {
    // as above
  }
}
