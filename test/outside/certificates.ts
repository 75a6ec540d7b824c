// Certificates made by openssl for one run of the tests: good, expired, for another host, self-signed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts, as `tls.createServer` takes them. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  readonly ca: string;
  readonly good: Identity;
  readonly soon: Identity;
  readonly expired: Identity;
  readonly wrongHost: Identity;
  readonly selfSigned: Identity;
}

const CONFIG = `
[ca]
default_ca = test
[test]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** `soon` has five days left, `expired` ended three and a half days ago. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'status-certificates-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const named = (host: string) => [
    '-subj',
    `/CN=${host}`,
    '-addext',
    `subjectAltName=${host}`.replace('=', '=DNS:'),
  ];
  const make = (name: string, host: string, from: number, to: number): Identity => {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, ...named(host));
    const dates = ['-startdate', asn1(from), '-enddate', asn1(to)];
    const signer = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key'];
    openssl('ca', '-batch', '-notext', ...signer, ...dates, '-in', `${name}.csr`, '-out', `${name}.pem`);
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
  };
  try {
    writeFileSync(join(folder, 'ca.cnf'), CONFIG);
    writeFileSync(join(folder, 'index.txt'), '');
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Test CA',
      '-days',
      '30',
    );
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'self.key',
      '-out',
      'self.pem',
      ...named('localhost'),
      '-days',
      '30',
    );
    return {
      ca: read('ca.pem'),
      good: make('good', 'localhost', -10, 60),
      soon: make('soon', 'localhost', -10, 5.5),
      expired: make('expired', 'localhost', -10, -3.5),
      wrongHost: make('wrong', 'elsewhere.example', -10, 60),
      selfSigned: { key: read('self.key'), cert: read('self.pem') },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Days from now as openssl writes dates: YYMMDDHHMMSSZ. */
function asn1(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${at.slice(2, 19).replace(/[-:T]/g, '')}Z`;
}
