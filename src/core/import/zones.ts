// The names that other products have for time zones.
import { isZone } from '../incidents/times/zone.ts';

/** Names of Rails that are no name of a city in IANA's list. */
const OF_RAILS: Readonly<Record<string, string>> = {
  'Eastern Time (US & Canada)': 'America/New_York',
  'Central Time (US & Canada)': 'America/Chicago',
  'Mountain Time (US & Canada)': 'America/Denver',
  'Pacific Time (US & Canada)': 'America/Los_Angeles',
  'Atlantic Time (Canada)': 'America/Halifax',
  Newfoundland: 'America/St_Johns',
  'Indiana (East)': 'America/Indiana/Indianapolis',
  Arizona: 'America/Phoenix',
  Alaska: 'America/Juneau',
  Hawaii: 'Pacific/Honolulu',
  Saskatchewan: 'America/Regina',
  'Central America': 'America/Guatemala',
  Brasilia: 'America/Sao_Paulo',
  Edinburgh: 'Europe/London',
  Bern: 'Europe/Zurich',
  Kyiv: 'Europe/Kiev',
  Pretoria: 'Africa/Johannesburg',
  'West Central Africa': 'Africa/Algiers',
  'Abu Dhabi': 'Asia/Dubai',
  Islamabad: 'Asia/Karachi',
  Kolkata: 'Asia/Kolkata',
  Mumbai: 'Asia/Kolkata',
  Chennai: 'Asia/Kolkata',
  'New Delhi': 'Asia/Kolkata',
  Kathmandu: 'Asia/Katmandu',
  Hanoi: 'Asia/Bangkok',
  Beijing: 'Asia/Shanghai',
  Osaka: 'Asia/Tokyo',
  Canberra: 'Australia/Canberra',
  Wellington: 'Pacific/Auckland',
};

/** The zone of a name of IANA or of Rails (`Berlin`, `Eastern Time (US & Canada)`); null: it is not known. */
export function zoneCalled(name: string): string | null {
  const given = name.trim();
  if (isZone(given)) return given;
  if (Object.hasOwn(OF_RAILS, given)) return OF_RAILS[given]!;
  const city = `/${given.replaceAll(' ', '_')}`;
  return Intl.supportedValuesOf('timeZone').find(one => one.endsWith(city)) ?? null;
}
