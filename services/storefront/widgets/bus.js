/**
 * How widgets hear of each other: events on the document, and on a channel to the same site's other tabs.
 *
 * `regulars:participated`: points moved. `regulars:refresh`, which a page may send: anything may have changed.
 */

const CHANNEL = "regulars";

let channel = null;

/** Tell the other tabs of this site. Balances stay here: another tab may show another customer. */
export function tellOtherTabs({ shop, activity, kind }) {
  openChannel()?.postMessage({ shop, activity, kind });
}

/** Begin to pass on what other tabs tell. Safe to call often. */
export function openChannel() {
  if (channel === null && "BroadcastChannel" in globalThis) {
    channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener("message", ({ data }) => {
      const detail = { ...data, from_other_tab: true };
      document.dispatchEvent(new CustomEvent("regulars:participated", { detail }));
    });
  }
  return channel;
}
