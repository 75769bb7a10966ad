/** The demo page: who is shopping, in which language, on which day. The shop is the widgets, the counter is feed.js. */

import "/widgets/v1/regulars.js";
import { h, patch } from "/widgets/v1/dom.js";
import { writeDay } from "/widgets/v1/days.js";
import { loadTexts, nearestLanguage } from "/widgets/v1/texts.js";
import { Checkout } from "./checkout.js";
import { Counter } from "./feed.js";
import { Night } from "./night.js";
import { Orders } from "./orders.js";

const TEXTS = new URL("./texts/", import.meta.url);
const RECONNECT_MS = 2_000;

const find = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
const counter = new Counter(find("journeys"), find("live"), connect);

const night = new Night(find("night"));
const checkout = new Checkout(find("checkout"), buy);
const orders = new Orders(find("orders"), followUp);

let session = null;
let persona = address.get("persona") ?? remembered("persona");
let language = nearestLanguage(address.get("lang") ?? remembered("lang") ?? navigator.language);
let t = null;

async function start() {
  await speak(language);
  for (const input of document.querySelectorAll("[name=language]"))
    input.addEventListener("change", () => speak(input.value));
  find("next-day").addEventListener("click", () => move("next-day"));
  find("tonight").addEventListener("click", runTonight);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && takeClock());
  document.addEventListener("demo:news", ({ detail }) => takeNews(detail));
  await connect();
  counter.follow();
}

/** The demo may still be starting, or start anew: ask until it answers. */
async function connect() {
  const before = session?.today;
  for (session = null; session === null;) {
    session = await ask("/_local/session");
    trouble(session === null);
    if (session === null) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
  if (!session.personas.some(({ id }) => id === persona)) persona = session.personas[0].id;
  const { shop, activities } = session;
  const attributes = { shop: shop.id, activity: activities.signin, "token-url": tokenUrl() };
  for (const [name, value] of Object.entries(attributes)) find("centre").setAttribute(name, value);
  checkout.offer(session.teas, session.currency);
  show();
  showOrders();
  if (before !== undefined) document.dispatchEvent(new CustomEvent("regulars:refresh"));
}

function tokenUrl() {
  return `/_local/token?${new URLSearchParams({ persona })}`;
}

async function speak(wanted) {
  language = wanted;
  t = await loadTexts(language, TEXTS);
  document.documentElement.lang = language; // the widgets follow
  document.documentElement.dataset.ready = "";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  counter.speak(language, t);
  checkout.speak(language, t);
  orders.speak(language, t);
  night.speak(language, t);
  show();
}

function become(id) {
  persona = id;
  find("centre").setAttribute("token-url", tokenUrl());
  show();
  showOrders();
}

function showOrders() {
  const who = session?.personas.find(({ id }) => id === persona);
  if (who && session.teas) orders.show({ persona, name: who.name });
}

/** The shop's back end sells, and tells the services as any shop would; an order id, or null. */
async function buy(basket) {
  const query = new URLSearchParams({ persona, ...basket });
  const sold = await ask(`/_local/checkout?${query}`, { method: "POST" });
  return sold?.order_id ?? null;
}

async function followUp(order, step) {
  const told = await ask(`/_local/order/${order}/${step}?${new URLSearchParams({ persona })}`, { method: "POST" });
  trouble(told === null);
}

/** Something happened to an order: the phone and the counter look again. */
function takeNews(lines) {
  if (!lines.some(({ event, id, source }) => event === "order_heard" || source === "order" || /#order:/.test(id))) return;
  showOrders();
  document.dispatchEvent(new CustomEvent("regulars:refresh"));
}

function show() {
  for (const input of document.querySelectorAll("[name=language]")) input.checked = input.value === language;
  remember();
  if (session === null) return;
  patch(find("personas"), session.personas.map(personaChoice));
  for (const input of document.querySelectorAll("[name=persona]")) input.checked = input.value === persona;
  find("today").dateTime = session.today;
  find("today").textContent = today();
}

function personaChoice({ id, name, about }) {
  const input = h("input", { type: "radio", name: "persona", value: id, onchange: () => become(id) });
  return h("label", { key: id }, input, h("span", {}, name[language], h("small", {}, about[language])));
}

function today() {
  return writeDay(session.today, language, { month: "long", day: "numeric", weekday: "short" });
}

/** Move the demo clock; whether it moved. A click while it moves does nothing. */
async function move(where) {
  const button = find(where);
  if (button.ariaDisabled === "true" || session === null) return false;
  button.ariaDisabled = "true";
  const clock = await ask(`/_local/clock/${where}`, { method: "POST" });
  button.ariaDisabled = "false";
  trouble(clock === null);
  if (clock === null) return false;
  useClock(clock);
  find("bar-status").textContent = t("bar.moved", { day: today() });
  return true;
}

/** To half past midnight, when the day that just ended is scored. */
async function runTonight() {
  const day = session?.today;
  if (await move("tonight")) await night.follow(day);
}

/** Another tab may have moved the clock, or the demo was started anew. */
async function takeClock() {
  const now = session && (await ask("/_local/session"));
  if (now && now.today !== session.today) useClock(now);
}

function useClock({ now, today: day }) {
  Object.assign(session, { now, today: day });
  show();
  document.dispatchEvent(new CustomEvent("regulars:refresh"));
}

async function ask(path, options = {}) {
  try {
    const answer = await fetch(path, { cache: "no-store", ...options });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function trouble(shown) {
  find("trouble").hidden = !shown;
  find("trouble").textContent = shown ? t("bar.offline") : "";
}

function remembered(name) {
  try {
    return localStorage.getItem(`demo.${name}`);
  } catch {
    return null; // storage is switched off: the address bar remembers
  }
}

function remember() {
  const choice = { lang: language, ...(persona && { persona }) };
  const query = new URLSearchParams({ ...Object.fromEntries(address), ...choice });
  history.replaceState(null, "", `?${query}${location.hash}`);
  try {
    for (const [name, value] of Object.entries(choice)) localStorage.setItem(`demo.${name}`, value);
  } catch {
    // as above
  }
}

start();
