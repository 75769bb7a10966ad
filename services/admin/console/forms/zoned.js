/** Between a moment (RFC 3339) and what a clock in some zone shows ("2026-03-18T20:00"). */

/** What the zone's clock shows at `moment`. */
export function clockAt(moment, zone) {
  const parts = {};
  const shape = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  for (const { type, value } of new Intl.DateTimeFormat("en", { ...shape, timeZone: zone }).formatToParts(
    new Date(moment),
  ))
    parts[type] = value;
  return `${parts.year.padStart(4, "0")}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The moment at which the zone's clock shows `shown`, with the zone's offset. Of a time that comes twice the earlier;
 * a time that a change of clocks leaves out is moved on by the change.
 */
export function momentOf(shown, zone) {
  const wanted = Date.parse(`${shown}:00Z`);
  const day_ms = 86_400_000;
  const offsets = [wanted - day_ms, wanted + day_ms].map((near) => offsetAt(near, zone));
  const fits = offsets.find((offset) => offsetAt(wanted - offset, zone) === offset) ?? offsets[0];
  const at = wanted - fits;
  return written(at, offsetAt(at, zone));
}

function offsetAt(moment_ms, zone) {
  const whole = Math.floor(moment_ms / 60_000) * 60_000;
  return Date.parse(`${clockAt(whole, zone)}:00Z`) - whole;
}

function written(moment_ms, offset_ms) {
  const minutes = Math.abs(offset_ms) / 60_000;
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const sign = offset_ms < 0 ? "-" : "+";
  const local = new Date(moment_ms + offset_ms).toISOString().slice(0, 19);
  return `${local}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}
