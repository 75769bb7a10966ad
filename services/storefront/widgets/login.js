/** Where a shop's customers log in, as its owner set it: for pages that do not say so themselves. */

import { read } from "./core.js";
import { Failure } from "./failure.js";

const known = new Map();

/** The shop's login, or null. Asked once for all widgets; what could not be asked is asked again by the next. */
export function loginOf({ api, shop, language }) {
  const name = JSON.stringify([api, shop]);
  if (!known.has(name)) known.set(name, ask({ api, shop, language, tokenUrl: null }, name));
  return known.get(name);
}

async function ask(source, name) {
  try {
    const { login_url: address } = await read(source, `/profiles/v1/shop?${new URLSearchParams({ shop: source.shop })}`);
    // The service takes no other kind; a link that runs a script would be the end of this page's safety.
    return address?.startsWith("https://") ? address : null;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    known.delete(name);
    return null; // a visitor without a link is told in words to log in
  }
}
