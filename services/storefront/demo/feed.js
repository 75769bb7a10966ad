/** "Behind the counter": follows the services' log and tells it as a timeline. */

import { h, patch } from "/widgets/v1/dom.js";
import { STATUS } from "./orders.js";
import { isLookUp, isOrder, isRedemption, isRefused, place } from "./journeys.js";

const SHOWN_JOURNEYS = 8;
const SHOWN_LOOK_UPS = 12;
const DRAWINGS = {
  request: [
    "M8 3.5h8c.8 0 1.5.7 1.5 1.5v14c0 .8-.7 1.5-1.5 1.5H8c-.8 0-1.5-.7-1.5-1.5V5c0-.8.7-1.5 1.5-1.5z",
    "M10.5 17.5h3",
  ],
  order: ["M4 6h2l2 9.5h9l2-7H7.2", "M10 19.3v.1M16 19.3v.1"],
  entry: ["M6 4.5h12v15H6z", "M9 9h6M9 12.5h6M9 16h3"],
  published: ["M3.5 8.5h7v7h-7z", "M13 12h7.5M17.5 8.5 21 12l-3.5 3.5"],
  inbox: ["M4 6.5h16v11H4z", "M4.5 7 12 13l7.5-6"],
  failed: ["M12 5v9", "M12 18.5v.1"],
};
const ENTRY_WORDS = {
  earn: "step.entry_earn",
  release: "step.entry_release",
  reverse: "step.entry_reverse",
};
const ORDER_WORDS = {
  request: ["step.sold", "step.sold_why", "step.sold_waiting"],
  order: ["step.heard", "step.heard_why", "step.heard_waiting"],
  entry: [({ kind }) => ENTRY_WORDS[kind] ?? "step.entry", "step.entry_order_why", "step.entry_waiting"],
};
const REDEMPTION_WORDS = {
  request: ["step.redeem", "step.request_why", "step.request_waiting"],
  entry: ["step.entry", "step.redeem_why", "step.entry_waiting"],
};
/** Machinery of every line, not worth small print. */
const UNTOLD = new Set(["seq", "at", "event", "level", "logger", "message"]);

export class Counter {
  #place;
  #live;
  #lines = [];
  #journeys = [];
  #last = 0;
  #connected = false;
  #language = "en";
  #t = null;
  #reconnect;

  /** `place` takes the timeline, `live` the state of the connection; `reconnect()` resolves when a lost one is back. */
  constructor(place, live, reconnect) {
    this.#place = place;
    this.#live = live;
    this.#reconnect = reconnect;
  }

  speak(language, t) {
    this.#language = language;
    this.#t = t;
    this.#show();
  }

  /** Ask for ever; each answer comes as soon as there is something to tell. */
  async follow() {
    for (;;) {
      this.#connected = true;
      this.#show();
      const told = await this.#ask();
      if (told !== null) this.#take(told);
      else await this.#lost();
    }
  }

  async #lost() {
    this.#connected = false;
    this.#show();
    await this.#reconnect();
  }

  async #ask() {
    try {
      const answer = await fetch(`/_local/feed?after=${this.#last}`, { cache: "no-store" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  #take({ events, last }) {
    if (last < this.#last) return this.#forget(); // the demo was started anew and counts from one
    for (const line of events) {
      if (isLookUp(line)) this.#lines.unshift(line);
      else place(this.#journeys, line);
    }
    this.#last = last;
    const news = events.filter((line) => !isLookUp(line));
    if (news.length > 0) document.dispatchEvent(new CustomEvent("demo:news", { detail: news }));
    this.#journeys.length = Math.min(this.#journeys.length, SHOWN_JOURNEYS);
  }

  #forget() {
    this.#lines = [];
    this.#journeys = [];
    this.#last = 0;
  }

  #show() {
    if (this.#t === null) return;
    this.#live.className = this.#connected ? "live on" : "live";
    this.#live.textContent = this.#t(this.#connected ? "counter.live" : "counter.connecting");
    patch(
      this.#place,
      [
        this.#journeys.length === 0 && this.#nothing(),
        ...this.#journeys.map((journey) => this.#journey(journey)),
        this.#lines.length > 0 && this.#lookUps(),
      ].filter(Boolean),
    );
  }

  #nothing() {
    const steps = ["step.request_waiting", "step.entry_waiting", "step.published_waiting", "step.inbox_waiting"];
    return h(
      "div",
      { key: "nothing", class: "nothing" },
      h("p", {}, h("b", {}, this.#t("counter.empty")), this.#t("counter.empty_next")),
      h(
        "ol",
        { class: "steps" },
        ["request", "entry", "published", "inbox"].map((stage, index) => this.#waiting(stage, steps[index])),
      ),
    );
  }

  #journey(journey) {
    const refused = isRefused(journey);
    const order = isOrder(journey);
    const title = refused ? "counter.refused" : order ? "counter.order" : titleOf(journey);
    const stages = refused ? ["request"] : order ? ordered(journey) : ["request", "entry", "published", "inbox"];
    return h(
      "article",
      { key: journey.id, class: "journey" },
      h("header", {}, h("h3", {}, this.#t(title)), h("time", { datetime: journey.at }, this.#clock(journey.at))),
      h(
        "ol",
        { class: "steps" },
        stages.map((stage) => this.#stage(journey, stage, refused)),
        journey.failed.map((line) => this.#step("failed", line, "step.failed", "step.failed_why")),
      ),
    );
  }

  #stage(journey, stage, refused) {
    const words = {
      request: refused
        ? ["step.request_refused", "step.request_refused_why", ""]
        : ["step.request", "step.request_why", "step.request_waiting"],
      entry: ["step.entry", "step.entry_why", "step.entry_waiting"],
      published: ["step.published", "step.published_why", "step.published_waiting"],
      inbox: ["step.inbox", "step.inbox_why", "step.inbox_waiting"],
    };
    if (isOrder(journey)) Object.assign(words, ORDER_WORDS);
    else if (isRedemption(journey) && !refused) Object.assign(words, REDEMPTION_WORDS);
    else if (journey.request.length === 0) words.entry[1] = "step.entry_other_why";
    const [told, why, waiting] = words[stage];
    if (journey[stage].length === 0) return this.#waiting(stage, waiting);
    return journey[stage].map((line) => this.#step(stage, line, typeof told === "string" ? told : told(line), why));
  }

  #step(stage, line, told, why) {
    const values = {
      ...line,
      points: this.#signed(line.points),
      ms: Math.round(line.ms ?? 0),
      status: line.event === "order_heard" ? this.#t(STATUS[line.status]) : String(line.status),
    };
    const kind = stage === "failed" || line.status >= 400 ? "trouble-step" : stage;
    return h(
      "li",
      { key: line.seq, class: `step ${kind}` },
      drawing(stage),
      h("p", {}, this.#t(told, values)),
      h("p", { class: "why" }, this.#t(why, values)),
      h("code", {}, facts(line)),
    );
  }

  #waiting(stage, words) {
    return h("li", { key: stage, class: "step waiting" }, drawing(stage), h("p", {}, this.#t(words)));
  }

  #lookUps() {
    const shown = this.#lines.slice(0, SHOWN_LOOK_UPS);
    return h(
      "details",
      { key: "look-ups", class: "reads" },
      h("summary", {}, this.#t("counter.reads", { count: this.#lines.length })),
      shown.map((line) => h("code", { key: line.seq }, `${this.#clock(line.at)} ${facts(line)}`)),
    );
  }

  #signed(points) {
    return new Intl.NumberFormat(this.#language, { signDisplay: "exceptZero" }).format(points ?? 0);
  }

  #clock(at) {
    return new Intl.DateTimeFormat(this.#language, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hour12: false,
    }).format(new Date(at));
  }
}

function titleOf(journey) {
  if (isRedemption(journey)) return "counter.redemption";
  return journey.request.length ? "counter.check_in" : "counter.other";
}

/** Of an order only what happened: most events move no points. */
function ordered(journey) {
  return ["request", "order", "entry", "published", "inbox"].filter(
    (stage) => stage === "request" || journey[stage].length > 0 || (stage === "order" && journey.request.length > 0),
  );
}

function facts(line) {
  const told = Object.entries(line).filter(([name]) => !UNTOLD.has(name));
  return told.map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`).join("  ");
}

function drawing(stage) {
  const lines = DRAWINGS[stage].map((d) =>
    h("path", {
      d,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.8",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
  return h("span", { class: "mark" }, h("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, lines));
}
