// Response times and badges: the words of a component's own page, in English and German.

export const responseEn = {
  'response.title': 'Response times',
  'response.ranges': 'Range',
  'response.24h': '24 hours',
  'response.7d': '7 days',
  'response.90d': '90 days',
  'response.p50': 'Median',
  'response.p95': '95th percentile',
  'response.chart':
    'Response times of {name}: median between {low} and {high}, 95th percentile at most {most}',
  'response.table': 'The figures as a table',
  'response.from': 'From',
  'response.count': 'Checks',
  'response.ok': 'Successful',
  'response.none': 'No response times were measured in this range.',
  'response.json': 'The same as JSON',
  'response.incidents': 'Latest incidents',
  'badge.title': 'Badges',
  'badge.lead': 'For a README or a dashboard; each picture links to its address.',
  'badge.status': '{name}: state',
  'badge.uptime': '{name}: uptime',
  'badge.response': '{name}: response time',
};

export const responseDe: Record<keyof typeof responseEn, string> = {
  'response.title': 'Antwortzeiten',
  'response.ranges': 'Zeitraum',
  'response.24h': '24 Stunden',
  'response.7d': '7 Tage',
  'response.90d': '90 Tage',
  'response.p50': 'Median',
  'response.p95': '95. Perzentil',
  'response.chart':
    'Antwortzeiten von {name}: Median zwischen {low} und {high}, 95. Perzentil höchstens {most}',
  'response.table': 'Die Zahlen als Tabelle',
  'response.from': 'Ab',
  'response.count': 'Prüfungen',
  'response.ok': 'Erfolgreich',
  'response.none': 'In diesem Zeitraum wurden keine Antwortzeiten gemessen.',
  'response.json': 'Dasselbe als JSON',
  'response.incidents': 'Letzte Störungen',
  'badge.title': 'Badges',
  'badge.lead': 'Für ein README oder ein Dashboard; jedes Bild führt zu seiner Adresse.',
  'badge.status': '{name}: Zustand',
  'badge.uptime': '{name}: Verfügbarkeit',
  'badge.response': '{name}: Antwortzeit',
};
