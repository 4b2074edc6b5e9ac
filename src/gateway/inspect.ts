import { dialects as allDialects } from '../dialects/index.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DevgatewayError, type Diagnostic } from '../model/error.ts';
import { build, load, type Loaded, type LoadRequest } from './load.ts';
import { fidelityOf, routesOf, statusesOf } from './report.ts';
import type { Fidelity, RouteInfo, StatusInfo } from './types.ts';
import { composeServices } from './services.ts';

/** What `check` finds: the document of the contract, and the texts that it speaks of. */
export interface Inspection {
  readonly sources: readonly { readonly file: string; readonly dialect: string }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly routes: readonly RouteInfo[];
  readonly statuses: readonly StatusInfo[];
  readonly fidelity: Fidelity;
  readonly texts: ReadonlyMap<string, string>;
}

const nothing: Omit<Inspection, 'diagnostics'> = {
  sources: [],
  routes: [],
  statuses: [],
  fidelity: { counts: { mirrored: 0, approximated: 0, ignored: 0, unknown: 0 }, leaves: [] },
  texts: new Map(),
};

/** Reads and links a configuration without serving it. A mistake of the user is a diagnostic; only our own bugs are thrown. */
export async function inspect(request: LoadRequest, dialects: readonly Dialect[] = allDialects): Promise<Inspection> {
  let loaded: Loaded;
  try {
    loaded = await load(request, dialects);
  } catch (error) {
    if (!(error instanceof DevgatewayError)) throw error;
    return { ...nothing, diagnostics: error.diagnostics };
  }
  const diagnostics = [...loaded.ledger.diagnostics];
  if (!loaded.ledger.failed) diagnostics.push(...(await problemsOfLinking(loaded)));
  return {
    sources: loaded.sources,
    diagnostics,
    routes: routesOf(loaded.gateway),
    statuses: statusesOf(loaded.statuses),
    fidelity: fidelityOf(loaded),
    texts: loaded.texts,
  };
}

async function problemsOfLinking(loaded: Loaded): Promise<readonly Diagnostic[]> {
  const services = composeServices({});
  try {
    build(loaded, services.kits, services.deps);
    return [];
  } catch (error) {
    if (!(error instanceof DevgatewayError)) throw error;
    return error.diagnostics;
  } finally {
    await services.close();
  }
}
