/** The hosted member page `/m/{shop}#c=CODE`, for shops whose own pages cannot run the widgets. */

import "/widgets/v1/regulars.js";
import { HOME, read } from "/widgets/v1/core.js";
import { Failure } from "/widgets/v1/failure.js";
import { loadTexts, nearestLanguage } from "/widgets/v1/texts.js";
import { provideTokens } from "/widgets/v1/tokens.js";
import { Visit } from "./session.js";

const TEXTS = new URL("./texts/", import.meta.url);
const TOKENS = "session:member";
const HERE = { api: HOME, tokenUrl: null };
const NOTICES = {
  visitor: ["visitor.title", "visitor.next"],
  used: ["used.title", "used.next"],
  over: ["over.title", "over.next"],
  lost: ["lost.title", "lost.next"],
  nowhere: ["nowhere.title", "nowhere.next"],
};

const find = (id) => document.getElementById(id);
const shop = /^\/m\/([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)\/?$/.exec(location.pathname)?.[1] ?? null;
const visit = new Visit(shop);

let code = takeCode();
let there = shop !== null; // whether there is such a shop, as far as is known
let told = null; // which notice is shown
let t = null;

async function start() {
  await speak(preferred());
  for (const input of document.querySelectorAll("[name=language]"))
    input.addEventListener("change", () => choose(input.value));
  find("again").addEventListener("click", enter);
  // The same page with another link's code in the address: to the browser that is no new page.
  addEventListener("hashchange", () => location.reload());
  visit.ended = () => tell("over");
  provideTokens(TOKENS, () => visit.token());
  if (there) await enter();
  else tell("nowhere");
}

/** The code leaves the address at once: what is in it is seen, shared and kept in the history. */
function takeCode() {
  const found = new URLSearchParams(location.hash.slice(1)).get("c");
  if (found !== null) history.replaceState(null, "", location.pathname + location.search);
  return found;
}

async function enter() {
  tell(null);
  try {
    const known = code === null ? visit.resume() : (await visit.open(code), true);
    code = null;
    show(known);
    if (!known) tell("visitor");
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const lost = failure.uncertain;
    if (!lost) code = null;
    show(false);
    tell(lost ? "lost" : "used");
  }
}

/** Begins anew rather than change the attributes of a centre on the page: nothing of another customer can stay. */
function show(known) {
  if (!there) return;
  const centre = document.createElement("regulars-member-centre");
  centre.setAttribute("shop", shop);
  if (known) centre.setAttribute("token-url", TOKENS);
  find("place").replaceChildren(centre);
}

function tell(what) {
  told = there ? what : "nowhere";
  find("notice").hidden = told === null;
  find("again").hidden = told !== "lost";
  const [title, next] = NOTICES[told] ?? [];
  find("notice-title").textContent = title ? t(title) : "";
  find("notice-next").textContent = next ? t(next) : "";
}

/** The shop's name, in the language of the page. Without it the page does as well; without the shop it does not. */
async function introduce(language) {
  try {
    const { name } = await read({ ...HERE, language }, `/profiles/v1/shop?${new URLSearchParams({ shop })}`);
    if (document.documentElement.lang !== language) return;
    find("shop").textContent = name;
    document.title = `${t("page.title")} · ${name}`;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.status !== 404) return;
    there = false;
    find("place").replaceChildren();
    tell("nowhere");
  }
}

async function speak(language) {
  t = await loadTexts(language, TEXTS);
  document.documentElement.lang = language; // the widgets follow
  document.documentElement.dataset.ready = "";
  document.title = t("page.title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const input of document.querySelectorAll("[name=language]")) input.checked = input.value === language;
  tell(told);
  if (there) introduce(language);
}

/** What the customer chose counts more than what the shop's link says (`?lang=`), and that more than the browser. */
function preferred() {
  return nearestLanguage(chosenBefore() ?? new URLSearchParams(location.search).get("lang") ?? navigator.language);
}

function choose(language) {
  try {
    localStorage.setItem("regulars.language", language);
  } catch {
    // storage is switched off: the choice lasts until the page is left
  }
  return speak(language);
}

function chosenBefore() {
  try {
    return localStorage.getItem("regulars.language");
  } catch {
    return null; // storage is switched off: the browser's language will do
  }
}

start();
