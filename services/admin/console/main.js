/** Starts the console: the language, the clock, who is signed in, and the page of the address. */

import { show } from "./dom.js";
import { setClock } from "./clock.js";
import { signIn, tryKept } from "./pages/signin.js";
import { openShell } from "./shell.js";
import * as router from "./router.js";
import * as session from "./session.js";
import { preferredLanguage, speak } from "./texts.js";

const root = document.getElementById("root");

async function start() {
  await speak(preferredLanguage());
  session.events.addEventListener("ended", () => session.me() && ended());
  await setClock();
  const problem = await tryKept();
  if (session.me()) enter();
  else askIn(problem);
}

function enter() {
  openShell(root, leave);
}

function leave() {
  session.forget({ chosen: true });
  router.leave();
  askIn(null);
}

/** The API no longer takes the key: say so, and come back to the same page afterwards. */
function ended() {
  session.forget();
  router.leave();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  askIn("signin.ended");
}

function askIn(problem) {
  show(root, signIn({ problem, onenter: enter, onlanguage: () => askIn(problem) }));
  root.querySelector("h1").focus();
}

start();
