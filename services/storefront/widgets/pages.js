/** A list that comes page by page, and stays as long as it has become while its first page is asked for again. */

import { read } from "./core.js";
import { h } from "./dom.js";

const PAGE = 10;

/** The list `data[name]` of a widget: {items, next_cursor, …}. Every item has an `id`, or `identify` makes one. */
export class Pages {
  loading = false; // more is being fetched
  #widget;
  #name;
  #path;
  #identify;

  constructor(widget, name, path, identify = ({ id }) => id) {
    this.#widget = widget;
    this.#name = name;
    this.#path = path;
    this.#identify = identify;
  }

  get list() {
    return this.#widget.data?.[this.#name] ?? null;
  }

  /** The first page anew. What was loaded behind it stays, and so does the place to go on from. */
  async first() {
    const page = await this.#page();
    const fresh = new Set(page.items.map(({ id }) => id));
    const known = this.list?.items ?? [];
    const tail = known.length > page.items.length ? known.filter(({ id }) => !fresh.has(id)) : [];
    const cursor = tail.length ? this.list.next_cursor : page.next_cursor;
    return { ...page, items: [...page.items, ...tail], next_cursor: cursor };
  }

  /** Fetch the next page. */
  async more() {
    const before = this.list;
    if (this.loading || !before?.next_cursor) return;
    this.loading = true;
    this.#widget.update();
    try {
      const page = await this.#page(before.next_cursor);
      if (this.list?.next_cursor === before.next_cursor) this.#append(page);
    } catch (failure) {
      this.#widget.failure = failure;
      this.#widget.report(failure);
    }
    this.loading = false;
    this.#widget.update();
  }

  /** The button for more, where there is more. */
  button(words) {
    const look = { key: "more", type: "button", class: "button plain small", part: "button more" };
    const busy = { "aria-disabled": this.loading ? "true" : "false", onclick: () => this.more() };
    const said = this.loading ? this.#widget.t("list.loading") : words;
    return this.list?.next_cursor && h("button", { ...look, ...busy }, said);
  }

  #append(page) {
    const known = new Set(this.list.items.map(({ id }) => id));
    const items = [...this.list.items, ...page.items.filter(({ id }) => !known.has(id))];
    this.#widget.data = { ...this.#widget.data, [this.#name]: { ...this.list, items, next_cursor: page.next_cursor } };
  }

  async #page(cursor = null) {
    const [path, asked = ""] = (typeof this.#path === "function" ? this.#path() : this.#path).split("?");
    const query = new URLSearchParams(asked);
    query.set("limit", String(PAGE));
    if (cursor !== null) query.set("cursor", cursor);
    const page = await read(this.#widget.source, `${path}?${query}`);
    return { ...page, items: page.items.map((item) => ({ ...item, id: this.#identify(item) })) };
  }
}
