/** What time it is. The local stack's demo clock runs apart from the machine's: the difference is kept here. */

import { askLocal, isLocal } from "./api.js";

let ahead_ms = 0;

export function now() {
  return new Date(Date.now() + ahead_ms);
}

/** Ask the local stack for its time, where there is one. */
export async function setClock() {
  const told = isLocal() ? await askLocal("/_local/session") : null;
  if (told?.now) ahead_ms = Date.parse(told.now) - Date.now();
}
