// Names and addresses of hosts, as status.yaml writes them.
import * as z from 'zod';
import { type SchemaIssue, schemaIssue } from '../problem.ts';

/** Returns what is wrong with a name that no host can have (RFC 1035); null where nothing is. */
export function nameFault(name: string): SchemaIssue | null {
  // Other letters are sent as longer ASCII ones.
  const isForeign = /[^\0-\x7f]/.test(name) && URL.canParse(`http://${name}`);
  const ascii = (isForeign ? new URL(`http://${name}`).hostname : name).replace(/\.$/, '');
  const labels = ascii.split('.');
  if (labels.includes('')) return schemaIssue(`"${name}" has an empty part`, 'write www.example.com');
  if (labels.some(label => label.length > 63))
    return schemaIssue(`"${name}" has a part of more than 63 letters`, 'correct the name');
  return ascii.length > 253 ? schemaIssue(`"${name}" is longer than 253 letters`, 'correct the name') : null;
}

export const webAddress = z
  .string()
  .superRefine((text, context) => {
    if (text.trim() === '') return;
    const url = URL.canParse(text) ? new URL(text) : null;
    const wrong =
      url && /^https?:$/.test(url.protocol)
        ? nameFault(url.hostname)
        : schemaIssue(
            'this is not a web address',
            'write https://host/path (or leave it empty: not configured)',
          );
    if (wrong !== null) context.addIssue(wrong);
  })
  .meta({ title: 'a URL', examples: ['https://api.example.com/health'] });

/** A host without anything around it; an IPv6 address may stand in brackets. */
export const host = z
  .string()
  .overwrite(text => text.trim().replace(/^\[([^[\]]*)\]$/, '$1'))
  .superRefine((text, context) => {
    const wrong = text === '' ? null : hostFault(text);
    if (wrong !== null) context.addIssue(wrong);
  })
  .meta({ title: 'the name or IP address of a host', examples: ['db.example.com'] });

function hostFault(text: string): SchemaIssue | null {
  const [, found = '', port] =
    /^(?:[a-z][a-z\d+.-]*:\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(?:\/.*)?$/i.exec(text) ?? [];
  const alone = found.replace(/[[\]]/g, '');
  const more = port === undefined ? '' : `, and the port as \`port: ${port}\``;
  if (/\s/.test(text)) return schemaIssue(`"${text}" is not a host name`, 'write one like db.example.com');
  if (isIpv6(text)) return null;
  if (alone !== '' && alone !== text)
    return schemaIssue(`"${text}" is more than a host name`, `write ${alone}${more}`);
  if (/[:[\]]/.test(text))
    return schemaIssue(`"${text}" is not an IPv6 address`, 'write one like 2001:db8::1');
  return nameFault(text);
}

/** With the interface of a link-local one, or without. */
function isIpv6(text: string): boolean {
  return z.ipv6().safeParse(text.replace(/%[^%]+$/, '')).success;
}
