/** Last night's score behind the counter: what the shop's operator will read in the console. */

import { h, patch } from "/widgets/v1/dom.js";

const ASK_AGAIN_MS = 500;
const PATIENCE_MS = 60_000;

/** Shows one night's score in `place`. */
export class Night {
  #place;
  #state = null;
  #language = "en";
  #t = null;

  constructor(place) {
    this.#place = place;
  }

  speak(language, t) {
    this.#language = language;
    this.#t = t;
    this.#draw();
  }

  /** Wait for the score of `day`, then show it. It comes by queue, a moment after midnight. */
  async follow(day) {
    this.#state = { day, waiting: true };
    this.#draw();
    const score = await scoreOf(day);
    if (this.#state?.day !== day) return;
    this.#state = { day, score };
    this.#draw();
  }

  #draw() {
    if (this.#t === null || this.#state === null) return;
    const { day, waiting, score } = this.#state;
    const title = h("header", {}, h("h3", {}, this.#t("night.title")), h("time", { datetime: day }, day));
    const body = waiting ? h("p", { class: "soft", role: "status" }, this.#t("night.waiting")) : this.#told(day, score);
    patch(this.#place, [h("article", { class: "journey night" }, title, body)]);
  }

  #told(day, score) {
    if (!score) return h("p", { class: "soft", role: "status" }, this.#t("night.none"));
    const { consulting_users: all, effective_users: served, fails, penalty_cny: penalty } = score.reply;
    const percent = new Intl.NumberFormat(this.#language, { style: "percent", maximumFractionDigits: 0 });
    const style = { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 };
    const money = new Intl.NumberFormat(this.#language, style);
    return h(
      "div",
      { role: "status" },
      h("p", { class: "rate" }, all ? percent.format(Math.floor((served / all) * 100) / 100) : "–"),
      h("p", {}, this.#t("night.served", { served, all })),
      h("p", { class: "soft" }, this.#t(fails ? "night.fails" : "night.passes", { penalty: money.format(penalty) })),
      h("p", {}, h("a", { href: `/console/#/score/${day}` }, this.#t("night.read"))),
    );
  }
}

async function scoreOf(day) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const score = await ask(day);
    if (score) return score;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  return null;
}

async function ask(day) {
  try {
    const { operator_key: key } = await (await fetch("/_local/operator", { cache: "no-store" })).json();
    const list = await fetch("/compliance/v1/admin/scores?limit=5", { headers: { authorization: `Bearer ${key}` } });
    return list.ok ? (await list.json()).items.find(({ date }) => date === day) : null;
  } catch {
    return null; // the services may be reloading: asked again
  }
}
