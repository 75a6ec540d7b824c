// `schema`: prints the JSON Schemas of status.yaml and of an incident's front matter, for editors.
import * as z from 'zod';
import { siteSchema } from '../config/site-schema.ts';
import { fieldsSchema, frontmatterSchema } from '../core/incidents/file/schema.ts';
import { command, Misuse } from './shared/command.ts';

const SCHEMAS: Record<string, z.ZodType> = {
  status: siteSchema,
  incident: frontmatterSchema,
  update: fieldsSchema,
};

export const schema = command(
  {
    name: 'schema',
    usage: '[status|incident|update]',
    summary: 'the JSON Schema of status.yaml or of incident front matter',
    help: 'For editors: `npm run -s status -- schema > status/status.schema.json`, and in status.yaml\n`# yaml-language-server: $schema=./status.schema.json`.',
  },
  async ({ words: [which = 'status'] }, cli) => {
    const wanted = SCHEMAS[which];
    if (!wanted) throw new Misuse(`There is no schema "${which}".`);
    // `io: 'input'`: what an operator may write, not what the program makes of it.
    const made = z.toJSONSchema(wanted, { io: 'input', unrepresentable: 'any', override: allowOthers });
    cli.out(JSON.stringify(made, null, 2));
  },
);

/** Allows unknown keys: they are only a warning. */
function allowOthers({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}
