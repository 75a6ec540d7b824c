// Subscription routes: one file per action, named like its route. GETs show, POSTs change.
import type { Router } from 'express';
import type { Web } from '../context.ts';
import { confirmRoutes } from './confirm.ts';
import { makeForms } from './forms.ts';
import { preferencesRoutes } from './preferences.ts';
import { subscribeForms } from './subscribe.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';

export function subscribeRoutes(router: Router, web: Web): void {
  const forms = makeForms(web);
  for (const routes of [subscribeForms, confirmRoutes, unsubscribeRoutes, preferencesRoutes])
    routes(router, web, forms);
}
