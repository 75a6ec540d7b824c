// The examples of docs/deploy that no engine runs here: what they set, name and mount is there, and says the same everywhere.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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
  expect(names.length).toBeGreaterThan(5);
  const known = (name: string) => name === 'NODE_ENV' || source.includes(`'${name}'`);
  expect(names.filter(name => !known(name))).toEqual([]);
});

test('they give nobody’s address or sender, and take yours from files that are yours', () => {
  for (const name of ['Dockerfile', 'compose.yaml', 'kubernetes.yaml', 'status-live.service', 'install.sh'])
    expect([name, read(name).match(/levqor/gi)]).toEqual([name, null]);
  const [{ path: file, required }] = server.env_file;
  expect([path.join('docs/deploy', file), required]).toEqual(['.env', false]);
  expect(container.envFrom).toEqual([{ secretRef: { name: 'status-live', optional: true } }]);
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
  expect(unit).toMatch(
    /^ExecStart=\/usr\/bin\/node --max-semi-space-size=4 \/opt\/status-live\/dist\/main\.js$/m,
  );
  const user = /^User=(.*)$/m.exec(unit)?.[1];
  expect(install).toContain(`\nuser=${user}\n`);
  const secrets = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => name);
  expect(/^for secret in (.*); do$/m.exec(install)?.[1]?.split(' ')).toEqual(secrets);
});

test('install.sh installs packages again when they changed, and takes over what root made', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [clone, tools, state] = ['clone', 'tools', 'state'].map(name => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  chmodSync(root, 0o755);
  for (const dir of [
    'clone/docs/deploy',
    'clone/dist',
    'clone/status',
    'tools',
    'etc',
    'state/status/incidents',
  ])
    mkdirSync(path.join(root, dir), { recursive: true });
  // Made by root, as `init` does.
  writeFileSync(
    path.join(state, '.env.example'),
    'PUBLIC_URL=https://acme.com\n# SMTP_URL=x\n# MAIL_FROM=a@acme.com\n',
  );
  writeFileSync(path.join(state, 'status', 'status.yaml'), 'title: Ours\n');
  writeFileSync(path.join(clone, 'package-lock.json'), '1');
  for (const name of ['build.js', 'dist/cli.js', 'docs/deploy/healthcheck.js'])
    writeFileSync(path.join(clone, name), '');
  for (const name of ['status-live.service', 'status.sh'])
    cpSync(`docs/deploy/${name}`, path.join(clone, 'docs/deploy', name));
  // Everything it writes lies below the folder of this test; what changes the machine is only noted.
  const user = process.getuid?.() === 0 ? 'daemon' : userInfo().username;
  const script = read('install.sh')
    .replace('user=status-live', `user=${user}`)
    .replace('state=/var/lib/status-live', `state=${state}`)
    .replaceAll('/etc/', `${root}/etc/`)
    .replaceAll('/usr/local/bin', tools);
  mkdirSync(path.join(root, 'etc/systemd/system'), { recursive: true });
  writeFileSync(path.join(clone, 'docs/deploy/install.sh'), script);
  const tool = (name: string, line: string) =>
    writeFileSync(path.join(tools, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  tool('systemctl', '');
  tool('runuser', '');
  tool('id', `[ "$1" != -u ] || [ $# -gt 1 ] || { echo 0; exit; }; exec /usr/bin/id "$@"`);
  tool('npm', `mkdir -p node_modules; echo "$@" >> ${root}/npm`);
  const install = () =>
    execFileSync('sh', [path.join(clone, 'docs/deploy/install.sh')], {
      env: { PATH: `${tools}:${path.dirname(process.execPath)}:${process.env.PATH}` },
      encoding: 'utf8',
    });
  const times = () => readFileSync(path.join(root, 'npm'), 'utf8').match(/^ci --omit=dev/gm)?.length;
  const said = install();
  expect(said).toContain('Status Live runs on port 3000');
  const settings = path.join(root, 'etc/status-live/settings');
  for (const file of [settings, path.join(root, 'etc/status-live/secrets/smtp_url')]) {
    expect(said).toContain(file);
    expect(existsSync(file)).toBe(true);
  }
  expect(readFileSync(settings, 'utf8').split('\n').slice(1, -1)).toEqual([
    'PUBLIC_URL=https://acme.com',
    '# MAIL_FROM=a@acme.com',
    '# PORT=3000',
  ]);
  expect(readFileSync(path.join(root, 'etc/systemd/system/status-live.service'), 'utf8')).toContain(
    `ExecStart=${process.execPath} --max-semi-space-size=4 ${clone}/dist/main.js\n`,
  );
  install();
  expect(times()).toBe(1);
  writeFileSync(path.join(clone, 'package-lock.json'), '2');
  install();
  expect(times()).toBe(2);
  // An installed package has its packages, and is built.
  for (const name of ['build.js', 'package-lock.json']) rmSync(path.join(clone, name));
  install();
  expect(times()).toBe(2);

  const owner = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
  for (const name of ['', 'status', 'status/status.yaml', 'status/incidents', 'data'])
    expect([name, statSync(path.join(state, name)).uid]).toEqual([name, owner]);
  expect(readFileSync(path.join(state, 'status/status.yaml'), 'utf8')).toBe('title: Ours\n');
});

test('git ignores what holds secrets and addresses', () => {
  const names = ['.env', 'before.db', 'data/before.db'];
  const ignored = execFileSync('git', ['check-ignore', '--no-index', ...names], { encoding: 'utf8' });
  expect(ignored.trim().split('\n')).toEqual(names);
});
