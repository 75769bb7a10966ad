/**
 * From single log lines to journeys: one tap's request, its ledger entries, the queue, the inbox.
 *
 * The lines come from several processes and name no common id, so they are joined by kind, order and nearness in time.
 * That is good enough for a page to look at, one tap at a time; nothing is decided by it.
 */

const SAME_TAP_MS = 4_000;
const DELIVERY_MS = 60_000;

const STAGES = {
  request: "request",
  order_heard: "order",
  entry_posted: "entry",
  published: "published",
  inbox_written: "inbox",
  message_failed: "failed",
};

/** A line that tells nothing was changed: shown as a count only. */
export function isLookUp(line) {
  return line.event === "request" && (line.method === "GET" || !/participations|redemptions|^\/orders\/.*\/events$/.test(line.route ?? ""));
}

/** Put one log line where it belongs. `journeys` is newest first and changed in place. */
export function place(journeys, line) {
  const stage = STAGES[line.event];
  if (stage === undefined || isLookUp(line)) return;
  const time = Date.parse(line.at);
  const home = journeys.find((journey) => belongs(journey, stage, time, line)) ?? begin(journeys, line, time);
  home[stage].push(line);
}

function begin(journeys, line, time) {
  const journey = { id: line.seq, at: line.at, time, request: [], order: [], entry: [], published: [], inbox: [], failed: [] };
  journeys.unshift(journey);
  return journey;
}

function belongs(journey, stage, time, line) {
  const age = Math.abs(time - journey.time);
  if (isOrderLine(line)) return age < (stage === "published" || stage === "inbox" ? DELIVERY_MS : SAME_TAP_MS) && isOrder(journey);
  if (isOrder(journey)) return stage === "failed" && age < DELIVERY_MS;
  if (stage === "request") return age < SAME_TAP_MS && journey.request.length === 0;
  if (stage === "entry")
    return age < SAME_TAP_MS && (journey.request.length === 0 || journey.entry.length === 0) && !isRefused(journey);
  if (isRefused(journey) || age > DELIVERY_MS) return false;
  return stage === "failed" || journey[stage].length < Math.max(1, journey.entry.length);
}

/** Whether it is about an order: the shop tells several things of one at a time. */
export function isOrder({ request, order, entry }) {
  return [...request, ...order, ...entry].some(isOrderLine);
}

function isOrderLine({ event, service, source, id }) {
  return (event === "request" && service === "orders") || event === "order_heard" || source === "order" || /#order:/.test(id);
}

/** Whether points were redeemed, or given back. */
export function isRedemption({ request, entry }) {
  return request.some(({ route }) => /redemptions/.test(route ?? "")) || entry.some(({ source }) => source === "reward");
}

/** Whether the journey ended with its request. */
export function isRefused({ request }) {
  return request.length > 0 && request[0].status >= 400;
}
