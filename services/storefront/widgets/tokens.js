/**
 * The customer's token: asked of the shop (`token-url`), kept in memory only, shared by all widgets of the page.
 */

import { Failure, within } from "./failure.js";

const REQUEST_TIMEOUT_MS = 10_000;
const VISITOR_FOR_MS = 5_000;
const RENEW_AHEAD_MS = 60_000;

const sources = new Map();
const providers = new Map();

/**
 * Ask `provide()` → token or null (a promise of it) instead of fetching `tokenUrl`: for a page that holds the
 * customer's session itself. Any absolute URL will do as a name ("session:member"). Renewal is as with a fetched token.
 */
export function provideTokens(tokenUrl, provide) {
  providers.set(tokenUrl, provide);
}

/** The token to use now, or null for a visitor. However many ask, one request is under way. */
export function tokenFor(tokenUrl) {
  if (!tokenUrl) return Promise.resolve(null);
  const known = sources.get(tokenUrl);
  if (known && (known.token === undefined || Date.now() < known.renewAt)) return known.promise;
  const source = { token: undefined, renewAt: 0, promise: null };
  source.promise = ask(tokenUrl).then(
    (token) => {
      Object.assign(source, { token, renewAt: renewalTime(token) });
      return token;
    },
    (failure) => {
      sources.delete(tokenUrl);
      throw failure;
    },
  );
  sources.set(tokenUrl, source);
  return source.promise;
}

/** Forget `token` because the API refused it; one that was renewed meanwhile stays. */
export function dropToken(tokenUrl, token) {
  if (sources.get(tokenUrl)?.token === token) sources.delete(tokenUrl);
}

/** Forget everybody who was only visiting: they may have logged in since. */
export function forgetVisitors() {
  for (const [tokenUrl, source] of sources) if (source.token === null) sources.delete(tokenUrl);
}

async function ask(tokenUrl) {
  if (providers.has(tokenUrl)) return providers.get(tokenUrl)();
  const options = { credentials: "same-origin", cache: "no-store", headers: { accept: "application/json" } };
  return within(REQUEST_TIMEOUT_MS, async (signal) => {
    const answer = await fetch(tokenUrl, { ...options, signal });
    if ([204, 401, 403].includes(answer.status)) return null;
    if (!answer.ok) throw new Failure("token_unavailable", { status: answer.status });
    return (await answer.json()).token || null;
  });
}

/** Lives are measured from the moment of receipt: a shopper's clock may be hours off. A 401 catches the rest. */
function renewalTime(token) {
  if (token === null) return Date.now() + VISITOR_FOR_MS;
  const { iat, exp } = claimsOf(token);
  if (!exp) return Infinity;
  const lifeMs = iat ? (exp - iat) * 1000 : exp * 1000 - Date.now();
  return Date.now() + lifeMs - Math.min(RENEW_AHEAD_MS, lifeMs / 5);
}

function claimsOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  } catch {
    return {}; // not a token we can read: the API's 401 decides
  }
}
