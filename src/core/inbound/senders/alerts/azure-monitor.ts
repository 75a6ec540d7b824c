// Azure Monitor: an action group's webhook with the common alert schema switched on.
import { reader } from '../../shape.ts';

const ESSENTIALS = 'data.essentials';

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
  example:
    '{"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {"alertRule": …, "monitorCondition": "Fired" or "Resolved"}}}',
});
