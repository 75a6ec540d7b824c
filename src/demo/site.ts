// The demo's status.yaml: six components, checked every few seconds.

export const DEMO_IDS = [
  'api',
  'dashboard',
  'workflow-builder',
  'email-delivery',
  'database',
  'background-jobs',
];

/** The text of status.yaml for services at `url`. */
export function demoSite(url: string): string {
  return `title: Levqor Status
brand: { logo: logo.png, color: "#4f46e5", homepage: "https://levqor.ai" }
components:
  - id: api
    name: API
    group: Platform
    description: Public REST API
    schedule: "*/5 * * * * *"
    check: { type: http, url: "${url}/api" }
  - id: dashboard
    name: Dashboard
    group: Platform
    description: The web application
    schedule: "*/5 * * * * *"
    check: { type: http, url: "${url}/dashboard" }
    detect: { severity: major }
  - id: workflow-builder
    name: Workflow Builder
    group: Platform
    description: Design and run workflows in the browser
    schedule: "*/5 * * * * *"
    check: { type: http, url: "${url}/builder", contains: "Workflow" }
  - id: email-delivery
    name: Email Delivery
    group: Services
    description: Notifications and workflow mail
    schedule: "*/5 * * * * *"
    check: { type: http, url: "${url}/mail" }
    detect: { severity: minor }
  - id: database
    name: Database
    group: Services
    description: Where workflows and their results are kept
    schedule: "*/5 * * * * *"
    check: { type: tcp, host: "${new URL(url).hostname}", port: ${new URL(url).port} }
  - id: background-jobs
    name: Background Jobs
    group: Services
    description: Scheduled and queued work
    check: { type: heartbeat, period: 30s, grace: 15s }
`;
}
