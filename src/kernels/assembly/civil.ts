// The civil date of a day: Howard Hinnant's civil_from_days, for every day an i32 can count from 1970.

// Dates come in runs: the civil date of the last day asked for is kept; at first that of day 0.
let knownDay: i32 = 0;
export let year: i32 = 1970;
export let month: i32 = 1;
export let day: i32 = 1;

/** Sets year, month and day. */
export function civil(days: i32): void {
  if (days == knownDay) return;
  knownDay = days;
  const z = days + 719468;
  const era = (z >= 0 ? z : z - 146096) / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const mp = (5 * dayOfYear + 2) / 153;
  day = dayOfYear - (153 * mp + 2) / 5 + 1;
  month = mp < 10 ? mp + 3 : mp - 9;
  year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
}
