/**
 * Talking to the API.
 *
 * A *source* says where and as whom: {api, shop, tokenUrl, language}. Elements make theirs from their attributes.
 */

import { Failure, failureOf, within } from "./failure.js";
import { dropToken, tokenFor } from "./tokens.js";

const REQUEST_TIMEOUT_MS = 10_000;

/** Where the API is, unless an element says otherwise: the host that served this file. */
export const HOME = new URL(import.meta.url).origin;

const actions = new Map();

/** GET `path`, with the token where there is one. */
export function read(source, path) {
  return call(source, "GET", path);
}

/** POST something that does no harm twice, such as marking a message as read. */
export function post(source, path) {
  return call(source, "POST", path, { body: {} });
}

/**
 * POST something that moves value, once.
 *
 * `occasion` tells apart what looks the same but is not: today's check-in from yesterday's. Asked twice while under
 * way, both callers get the one answer. After a lost reply the action keeps its Idempotency-Key, so that trying again
 * cannot double it.
 */
export function act(source, path, body, occasion) {
  const name = JSON.stringify([source.api, source.tokenUrl, path, body, occasion]);
  if (!actions.has(name)) actions.set(name, { key: newKey(), underWay: null });
  const action = actions.get(name);
  action.underWay ??= call(source, "POST", path, { body, key: action.key }).then(
    (answer) => {
      actions.delete(name);
      return answer;
    },
    (failure) => {
      action.underWay = null;
      if (!failure.uncertain) actions.delete(name);
      throw failure;
    },
  );
  return action.underWay;
}

async function call(source, method, path, content = {}) {
  const token = await tokenFor(source.tokenUrl);
  try {
    return await send(source, method, path, content, token);
  } catch (failure) {
    if (failure.status !== 401 || token === null) throw failure;
    dropToken(source.tokenUrl, token);
    return send(source, method, path, content, await tokenFor(source.tokenUrl));
  }
}

function send(source, method, path, { body, key }, token) {
  const headers = { accept: "application/json", "accept-language": source.language };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key !== undefined) headers["idempotency-key"] = key;
  const request = { method, headers, body: JSON.stringify(body), credentials: "omit", cache: "no-store" };
  return within(REQUEST_TIMEOUT_MS, async (signal) => {
    const answer = await fetch(source.api + path, { ...request, signal });
    if (!answer.ok) throw failureOf(answer.status, await problemOf(answer));
    return answer.json();
  });
}

async function problemOf(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return null; // a gateway's own page: the status has to do
  }
}

function newKey() {
  // randomUUID exists on secure pages only; a shop's plain-http test page must work too.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export { Failure, tokenFor };
