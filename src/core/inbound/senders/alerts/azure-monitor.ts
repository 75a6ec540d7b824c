// Azure Monitor: an action group's webhook with the common alert schema switched on.
import { reader } from '../../shape.ts';

const ESSENTIALS = 'data.essentials';

/** The subscription of the samples that the test of an action group sends. */
const SAMPLES = '/subscriptions/11111111-1111-1111-1111-111111111111/';

export const azureMonitor = reader({
  status: [`${ESSENTIALS}.monitorCondition`],
  alerts: ['Fired'],
  over: ['Resolved'],
  name: [`${ESSENTIALS}.alertRule`],
  alert: [`${ESSENTIALS}.alertId`, `${ESSENTIALS}.originAlertId`],
  component: ['data.customProperties.component', 'data.alertContext.properties.component'],
  also: [`${ESSENTIALS}.configurationItems`],
  at: [`${ESSENTIALS}.firedDateTime`],
  until: [`${ESSENTIALS}.resolvedDateTime`],
  message: [`${ESSENTIALS}.description`],
  severity: [`${ESSENTIALS}.severity`],
  isTest: text => text(`${ESSENTIALS}.alertId`).startsWith(SAMPLES),
  example:
    '{"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {"alertRule": …, "monitorCondition": "Fired" or "Resolved"}}}',
});
