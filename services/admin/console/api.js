/** Talking to the API of the host that serves this page. */

import { Failure, failureOf, within } from "./failure.js";
import * as session from "./session.js";
import { language } from "./texts.js";

export const get = (path) => call("GET", path);
export const post = (path, body, key = null) => call("POST", path, body, key);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path);

/** A path with its parts encoded: at`/admin/v1/keys/${id}`. */
export function at(texts, ...parts) {
  return String.raw({ raw: texts }, ...parts.map((part) => encodeURIComponent(part)));
}

/** A key for something that must happen once, however often it is asked for. */
export function freshKey() {
  // randomUUID exists on secure pages only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** All items of a list, page after page. `filter` goes into the query. */
export async function all(path, filter = {}) {
  const items = [];
  for (let cursor = null; ;) {
    const query = new URLSearchParams({ ...filter, limit: "100", ...(cursor && { cursor }) });
    const page = await get(`${path}?${query}`);
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
    if (cursor === null) return items;
  }
}

/** Whether this is somebody's own machine, where the local stack may hand out the demo shop's key. */
export function isLocal() {
  return ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}

/** What the local stack says at `path`, or null: elsewhere there is none, and nobody needs to know. */
export async function askLocal(path) {
  try {
    return await within(async (signal) => {
      const answer = await fetch(path, { signal, cache: "no-store", credentials: "omit" });
      return answer.ok && answer.status === 200 ? answer.json() : null;
    });
  } catch {
    return null;
  }
}

async function call(method, path, body, idempotencyKey = null) {
  const used = session.key();
  try {
    return await send(method, path, body, used, idempotencyKey);
  } catch (failure) {
    // A key withdrawn meanwhile; an answer to an older key says nothing about the present one.
    if (failure.status === 401 && session.key() === used) session.events.dispatchEvent(new Event("ended"));
    throw failure;
  }
}

function send(method, path, body, key, idempotencyKey) {
  const headers = { accept: "application/json", "accept-language": language() };
  if (key) headers.authorization = `Bearer ${key}`;
  if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
  if (body !== undefined) headers["content-type"] = "application/json";
  const request = { method, headers, body: JSON.stringify(body), credentials: "omit", cache: "no-store" };
  return within(async (signal) => {
    const answer = await fetch(path, { ...request, signal });
    if (answer.status === 204) return null;
    const told = await json(answer);
    if (!answer.ok) throw failureOf(answer.status, told);
    if (told === null) throw new Failure("unexpected", { status: answer.status });
    return told;
  });
}

async function json(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
