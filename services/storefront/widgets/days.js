/**
 * Days, months and times as the shop counts them and as the shopper's language writes them.
 * A day is "YYYY-MM-DD", a month "YYYY-MM".
 */

const DAY_MS = 86_400_000;

/** "2026-11" of "2026-11-22". */
export function monthOf(day) {
  return day.slice(0, 7);
}

/** The day of a month by its number. */
export function dayIn(month, number) {
  return `${month}-${String(number).padStart(2, "0")}`;
}

/** The month `count` months later. */
export function monthsLater(month, count) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

/** The days of a month in rows of seven, null where a row has none. `firstWeekday`: 0 is Sunday. */
export function weeksOf(month, firstWeekday) {
  const start = new Date(`${month}-01T00:00:00Z`);
  const length = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  const lead = (start.getUTCDay() - firstWeekday + 7) % 7;
  const cells = [...Array(lead).fill(null), ...Array.from({ length }, (_, index) => index + 1)];
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, row) => cells.slice(row * 7, row * 7 + 7));
}

/** The weekday a language's calendars begin with; Monday where the browser does not know. */
export function firstWeekdayOf(language) {
  const locale = new Intl.Locale(language);
  const info = locale.getWeekInfo?.() ?? locale.weekInfo;
  return (info?.firstDay ?? 1) % 7;
}

/** Short and long names of the weekdays, from `firstWeekday` on. */
export function weekdayNames(language, firstWeekday) {
  const write = (weekday) => new Intl.DateTimeFormat(language, { weekday, timeZone: "UTC" });
  const short = write(language === "zh-CN" ? "narrow" : "short");
  const long = write("long");
  return Array.from({ length: 7 }, (_, index) => {
    const date = new Date(Date.UTC(2023, 0, 1 + firstWeekday + index)); // 1 January 2023 was a Sunday
    return { short: short.format(date), long: long.format(date) };
  });
}

/** "November 2026", "2026年11月". */
export function writeMonth(month, language) {
  return writeDay(`${month}-01`, language, { year: "numeric", month: "long" });
}

/** "November 22", "11月22日". */
export function writeDay(day, language, shape = { month: "long", day: "numeric" }) {
  return new Intl.DateTimeFormat(language, { ...shape, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** A moment with its minute, on the shop's clock; without a zone, on the clock the moment was written with. */
export function writeMoment(at, language, timeZone) {
  const shape = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  const local = /^(.{19}).*[+-]\d\d:\d\d$/.exec(at);
  if (!timeZone && local)
    return new Intl.DateTimeFormat(language, { ...shape, timeZone: "UTC" }).format(new Date(`${local[1]}Z`));
  return new Intl.DateTimeFormat(language, { ...shape, timeZone: timeZone || undefined }).format(new Date(at));
}

/** The day a moment falls on in a zone. */
export function dayOf(at, timeZone) {
  const shape = { timeZone, year: "numeric", month: "2-digit", day: "2-digit" };
  const parts = new Intl.DateTimeFormat("en", shape).formatToParts(new Date(at));
  const part = (type) => parts.find((piece) => piece.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/**
 * Milliseconds until the shop's next day: `nextAt` where the API gave it, else by the zone's clock.
 * Whole days are taken off, so that a shopper's wrong date, or a demo clock days ahead, does not put it off.
 */
export function untilNextDayMs(nextAt, timeZone, nowMs = Date.now()) {
  if (nextAt) return (((Date.parse(nextAt) - nowMs) % DAY_MS) + DAY_MS) % DAY_MS;
  const shape = { timeZone, hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en", shape).formatToParts(new Date(nowMs));
  const part = (type) => Number(parts.find((piece) => piece.type === type).value);
  return DAY_MS - ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000;
}
