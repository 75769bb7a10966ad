/** `<regulars-inbox shop token-url>`: what the shop told the customer. Opening a message marks it as read. */

import { onPointsMoved } from "./bus.js";
import { post } from "./core.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { letter, open as openIcon } from "./icons.js";
import { INBOX } from "./inbox-style.js";
import { Pages } from "./pages.js";

const REFRESH_MS = 30_000;
/** A message travels by stream and queue: ask soon, then less and less often. */
const AFTER_PARTICIPATION_MS = [300, 700, 1_500, 3_000, 6_000];

export class RegularsInbox extends RegularsElement {
  static sheets = [INBOX];

  opened = null; // id of the message that is open
  #messages = new Pages(this, "messages", "/notifications/v1/me/inbox");
  #poll = 0;

  connected(signal) {
    onPointsMoved((detail) => detail.shop === this.shop && this.#expectNews(), signal);
    const beat = setInterval(() => document.visibilityState === "visible" && this.refresh(), REFRESH_MS);
    signal.addEventListener("abort", () => {
      clearInterval(beat);
      clearTimeout(this.#poll);
    });
  }

  forget() {
    clearTimeout(this.#poll);
    this.opened = null;
    super.forget();
  }

  async load(visiting) {
    return visiting ? {} : { messages: await this.#messages.first() };
  }

  skeleton() {
    return [
      h("span", { key: "line", class: "bone line", part: "skeleton" }),
      h("span", { key: "block", class: "bone wide", part: "skeleton" }),
    ];
  }

  visitorView() {
    return [this.heading(this.t("inbox.title")), h("p", { class: "soft" }, this.t("inbox.visitor")), this.loginLink()];
  }

  view({ messages: { items, unread } }) {
    const badge = unread > 0 && h("span", { class: "badge", part: "badge" }, this.t("inbox.unread", { count: unread }));
    return [
      this.heading(this.t("inbox.title"), h("span", { role: "status" }, badge)),
      items.length === 0
        ? this.#empty()
        : h(
            "ul",
            { key: "list", class: "list", part: "list" },
            items.map((item) => this.#item(item)),
          ),
      this.#messages.button(this.t("inbox.more")),
    ];
  }

  #empty() {
    return h(
      "div",
      { key: "empty", class: "empty", part: "empty" },
      letter(),
      h("p", {}, this.t("inbox.empty")),
      h("p", { class: "soft" }, this.t("inbox.empty_next")),
    );
  }

  #item({ id, title, body, at, read: seen }) {
    const isOpen = this.opened === id;
    return h(
      "li",
      { key: id, class: seen ? "item" : "item unread", part: seen ? "item" : "item unread" },
      h(
        "button",
        {
          type: "button",
          class: "summary",
          "aria-expanded": isOpen ? "true" : "false",
          onclick: () => this.toggle(id),
        },
        h("span", { class: "dot" }, !seen && h("span", { class: "unseen" }, this.t("inbox.new"))),
        h("span", { class: "subject" }, title),
        h("time", { class: "soft", datetime: at }, this.moment(at)),
        openIcon(),
      ),
      isOpen && h("p", { class: "body" }, body),
    );
  }

  /** Open or close a message. */
  async toggle(id) {
    this.opened = this.opened === id ? null : id;
    const item = this.data.messages.items.find((candidate) => candidate.id === id);
    const news = this.opened === id && item && !item.read;
    if (news) this.#markRead(item);
    this.update();
    if (!news) return;
    try {
      await post(this.source, `/notifications/v1/me/inbox/${encodeURIComponent(id)}/read`);
    } catch (failure) {
      this.report(failure); // the next refresh shows it as unread again; reading on is not disturbed
    }
  }

  #markRead(item) {
    this.outdate(); // an answer on its way still says "unread"
    const { messages } = this.data;
    const items = messages.items.map((other) => (other === item ? { ...item, read: true } : other));
    this.data = { messages: { ...messages, items, unread: Math.max(0, messages.unread - 1) } };
  }

  /** Points moved, so a message is on its way: look until it is there. */
  #expectNews(attempt = 0, before = this.#signature()) {
    clearTimeout(this.#poll);
    if (attempt === AFTER_PARTICIPATION_MS.length) return;
    this.#poll = setTimeout(async () => {
      await this.refresh();
      if (this.isConnected && this.#signature() === before) this.#expectNews(attempt + 1, before);
    }, AFTER_PARTICIPATION_MS[attempt]);
  }

  /** What a newly written or rewritten message changes; reading one does not. */
  #signature() {
    return JSON.stringify(this.data?.messages?.items.map(({ id, at, title, body }) => [id, at, title, body]));
  }
}

define("regulars-inbox", RegularsInbox);
