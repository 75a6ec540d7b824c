// The examples of docs/deploy that no engine runs here: what they set, name and mount is there, and says the same everywhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const read = (name: string) => readFileSync(path.join('docs/deploy', name), 'utf8');
const dockerfile = read('Dockerfile');
const { services, volumes } = parse(read('compose.yaml'));
const server = services['status-live'];
const [claim, deployment, service] = parseAllDocuments(read('kubernetes.yaml'), { merge: true }).map(
  document => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  },
);
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

test('they set environment variables that the program reads', () => {
  const source = readFileSync('src/config/environment.ts', 'utf8');
  const inDockerfile = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) =>
    [...(line as string).matchAll(/([A-Z_]+)=/g)].map(([, name]) => name as string),
  );
  const inPod = container.env.map(({ name }: { name: string }) => name);
  const names = [...inDockerfile, ...Object.keys(server.environment), ...inPod];
  expect(names.length).toBeGreaterThan(10);
  const known = (name: string) => name === 'NODE_ENV' || source.includes(`'${name}'`);
  expect(names.filter(name => !known(name))).toEqual([]);
});

test('one server, as a user without rights, that writes to one volume', () => {
  expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  for (const { securityContext } of [container, ...pod.initContainers])
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  expect(server).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  expect(dockerfile).toContain('\nUSER 1000:1000\n');
  expect(dockerfile.match(/^VOLUME (.*)$/m)?.[1]).toBe('/srv');
  expect(server.volumes).toEqual([`${Object.keys(volumes)[0]}:/srv`]);
  expect(container.volumeMounts[0]).toEqual({ name: 'srv', mountPath: '/srv' });
  expect(pod.volumes[0].persistentVolumeClaim.claimName).toBe(claim.metadata.name);
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
});

test('what they name is there, and their shell is that of every system', () => {
  const paths = [...dockerfile.matchAll(/(?:docs\/deploy|package)\/[\w./-]+\.(?:sh|js)/g)].map(
    ([name]) => name,
  );
  expect(paths.length).toBeGreaterThan(1);
  expect([...paths, 'docs/deploy/healthcheck.js'].filter(name => !existsSync(name))).toEqual([]);
  const context = path.join('docs/deploy', server.build.context);
  expect(existsSync(path.join(context, server.build.dockerfile))).toBe(true);
  for (const name of readdirSync('docs/deploy').filter(file => file.endsWith('.sh')))
    execFileSync('sh', ['-n', path.join('docs/deploy', name)]);
});

test('install.sh finds in the unit what it changes, and makes every file and the user that the unit wants', () => {
  const [unit, install] = [read('status-live.service'), read('install.sh')];
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node --max-semi-space-size=4 dist\/main\.js$/m);
  expect(unit).toMatch(/^WorkingDirectory=\S+$/m);
  const user = /^User=(.*)$/m.exec(unit)?.[1];
  expect(install).toContain(`\nuser=${user}\n`);
  const secrets = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => name);
  expect(/^for secret in (.*); do$/m.exec(install)?.[1]?.split(' ')).toEqual(secrets);
});
