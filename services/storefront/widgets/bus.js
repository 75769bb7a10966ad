/**
 * How widgets hear of each other: events on the document, and on a channel to the same site's other tabs.
 *
 * `regulars:participated`, `regulars:redeemed`: points moved. `regulars:refresh`, which a page may send: anything may
 * have changed.
 */

const CHANNEL = "regulars";
const MOVING = ["participated", "redeemed"];

let channel = null;

/** Tell the other tabs of this site. Balances stay here: another tab may show another customer. */
export function tellOtherTabs({ shop, activity, kind }, name = "participated") {
  openChannel()?.postMessage({ name, shop, activity, kind });
}

/** Hear whenever points moved, here or in another tab, until `signal` aborts. */
export function onPointsMoved(hear, signal) {
  for (const name of MOVING)
    document.addEventListener(`regulars:${name}`, ({ detail }) => detail && hear(detail), { signal });
}

/** Begin to pass on what other tabs tell. Safe to call often. */
export function openChannel() {
  if (channel === null && "BroadcastChannel" in globalThis) {
    channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener("message", ({ data: { name = "participated", ...told } }) => {
      if (!MOVING.includes(name)) return; // a newer version of this script, in a tab that was opened later
      const detail = { ...told, from_other_tab: true };
      document.dispatchEvent(new CustomEvent(`regulars:${name}`, { detail }));
    });
  }
  return channel;
}
