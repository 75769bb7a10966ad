/** `<regulars-inbox shop token-url>`: what the shop told the customer. Opening a message marks it as read. */

import { post, read } from "./core.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { letter, open as openIcon } from "./icons.js";
import { INBOX } from "./inbox-style.js";

const PAGE = 10;
const REFRESH_MS = 30_000;
/** A message travels by stream and queue: ask soon, then less and less often. */
const AFTER_PARTICIPATION_MS = [300, 700, 1_500, 3_000, 6_000];

export class RegularsInbox extends RegularsElement {
  static sheets = [INBOX];

  opened = null; // id of the message that is open
  older = false; // more is being fetched
  #poll = 0;

  connected(signal) {
    document.addEventListener(
      "regulars:participated",
      ({ detail }) => detail?.shop === this.shop && this.#expectNews(),
      { signal },
    );
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
    if (visiting) return {};
    const page = await this.#page();
    const fresh = new Set(page.items.map(({ id }) => id));
    const known = this.data?.items ?? [];
    const tail = known.length > page.items.length ? known.filter(({ id }) => !fresh.has(id)) : [];
    // Pages that were loaded before stay, and so does the place to go on from.
    return {
      ...page,
      items: [...page.items, ...tail],
      next_cursor: tail.length ? this.data.next_cursor : page.next_cursor,
    };
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

  view({ items, unread, next_cursor: cursor }) {
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
      cursor &&
        h(
          "button",
          {
            key: "older",
            type: "button",
            class: "button plain small",
            part: "button more",
            "aria-disabled": this.older ? "true" : "false",
            onclick: () => this.loadOlder(),
          },
          this.t(this.older ? "inbox.loading" : "inbox.more"),
        ),
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
    const item = this.data.items.find((candidate) => candidate.id === id);
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
    const items = this.data.items.map((other) => (other === item ? { ...item, read: true } : other));
    this.data = { ...this.data, items, unread: Math.max(0, this.data.unread - 1) };
  }

  /** Fetch the next page of older messages. */
  async loadOlder() {
    if (this.older || !this.data?.next_cursor) return;
    const before = this.data;
    this.older = true;
    this.update();
    try {
      const page = await this.#page(before.next_cursor);
      if (this.data?.next_cursor === before.next_cursor) this.#append(page);
    } catch (failure) {
      this.failure = failure;
      this.report(failure);
    }
    this.older = false;
    this.update();
  }

  #append(page) {
    const known = new Set(this.data.items.map(({ id }) => id));
    const items = [...this.data.items, ...page.items.filter(({ id }) => !known.has(id))];
    this.data = { ...this.data, items, next_cursor: page.next_cursor };
  }

  #page(cursor = null) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (cursor !== null) query.set("cursor", cursor);
    return read(this.source, `/notifications/v1/me/inbox?${query}`);
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
    return JSON.stringify(this.data?.items?.map(({ id, at, title, body }) => [id, at, title, body]));
  }
}

define("regulars-inbox", RegularsInbox);
