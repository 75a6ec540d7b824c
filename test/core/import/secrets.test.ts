// Secrets in another product's checks: none goes into status.yaml, and the variables for them are named.
import { expect, test } from 'vitest';
import { importGatus } from '../../../src/core/import/gatus/gatus.ts';
import { hideSecrets, makeHide } from '../../../src/core/import/secrets.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { importUpptime } from '../../../src/core/import/upptime/upptime.ts';

const REQUESTS: [
  name: string,
  given: Partial<Parameters<typeof hideSecrets>[0]>,
  made: object,
  asked: string[],
][] = [
  ['nothing secret', { body: '{"ping":1}', headers: [['Accept', 'text/*']] }, {}, []],
  [
    'a header',
    { headers: [['X-Api-Key', 'k9']] },
    { headers: [['X-Api-Key', '${T_1_X_API_KEY}']] },
    ['T_1_X_API_KEY'],
  ],
  ['a header that is a variable', { headers: [['X-Api-Key', 'Key ${K}']] }, {}, []],
  [
    'a login in the address',
    { url: 'https://u:p@x.example/a?b=1' },
    { url: 'https://x.example/a?b=1', headers: [['Authorization', 'Basic ${T_1_LOGIN}']] },
    ['T_1_LOGIN'],
  ],
  ['a login of variables', { url: 'https://${U}:${P}@x.example' }, {}, []],
  [
    'a login beside a header that logs in',
    { url: 'https://u:p@x.example', headers: [['authorization', 'Bearer ${B}']] },
    { url: 'https://x.example' },
    [],
  ],
  [
    'parameters',
    { url: 'https://x.example/?page=2&api_key=k9&token=${T}' },
    { url: 'https://x.example/?page=2&api_key=${T_1_URL_API_KEY}&token=${T}' },
    ['T_1_URL_API_KEY'],
  ],
  ['a body', { body: '{"password":"p"}' }, { body: '${T_1_BODY}' }, ['T_1_BODY']],
];

test.each(REQUESTS)('%s', (_, given, made, asked) => {
  const request = { url: 'https://x.example/', headers: [], body: null, ...given };
  const names: string[] = [];
  const say = { changed: (what: string) => names.push(/variable (\S+)/.exec(what)![1]!) };
  expect(hideSecrets(request, makeHide('T_1', say as never))).toEqual({ ...request, ...made });
  expect(names).toEqual(asked);
});

const GATUS = `endpoints:
  - name: Café API
    url: https://u:hidden-1@x.example/?sig=hidden-2
    headers: { X-Key: hidden-3 }
    body: token=hidden-4
`;
const UPPTIME = `owner: a
repo: b
sites:
  - name: Café API
    url: https://u:hidden-1@x.example/?sig=hidden-2
    headers: ["X-Key: hidden-3"]
    body: token=hidden-4
`;

test.each([
  ['GATUS', importGatus([{ name: 'config.yaml', text: GATUS }], [], 0)],
  ['UPPTIME', importUpptime([{ name: '.upptimerc.yml', text: UPPTIME }], [], [])],
])('%s: each becomes a variable that is named', (product, made) => {
  const yaml = newSiteYaml(made);
  expect(yaml).not.toContain('hidden-');
  const said = made.remarks.map(({ what }) => what).join('\n');
  for (const end of ['LOGIN', 'URL_SIG', 'X_KEY', 'BODY']) {
    const name = `${product}_${made.components[0]!.id.toUpperCase().replaceAll('-', '_')}_${end}`;
    expect(yaml).toContain(`\${${name}}`);
    expect(said).toContain(`set the environment variable ${name} to`);
  }
});
