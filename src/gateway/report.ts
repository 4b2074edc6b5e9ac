import type { Behaviour } from '../dialects/dialect.ts';
import type { Gateway } from '../model/gateway.ts';
import type { Ledger } from '../model/ledger.ts';
import type { StatusReport } from '../model/status.ts';
import type { Fidelity, RouteInfo, StatusInfo } from './types.ts';

/** The route table in the order of the model, as `check --json` prints it. */
export function routesOf(gateway: Gateway): RouteInfo[] {
  return gateway.sites.flatMap((site) =>
    site.routes.map(({ id, label, origin }) => ({
      id,
      site: site.id,
      dialect: site.dialect,
      match: label.match,
      upstream: label.upstream,
      ...(label.parent === undefined ? {} : { parent: label.parent }),
      file: origin.file,
      line: origin.line,
    })),
  );
}

/** The statuses of the objects of a configuration, as `check --json` prints them. */
export function statusesOf(statuses: readonly StatusReport[]): StatusInfo[] {
  return statuses.map(({ origin, conditions, ...rest }) => ({
    ...rest,
    conditions: conditions.map(({ origin: { file, line }, ...condition }) => ({ ...condition, file, line })),
    file: origin.file,
    line: origin.line,
  }));
}

/** The account of a configuration. What is called mirrored names its proof. */
export function fidelityOf({ ledger, behaviours }: { readonly ledger: Ledger; readonly behaviours: readonly Behaviour[] }): Fidelity {
  const proofs = new Map(behaviours.flatMap(({ proofs = {} }) => Object.entries(proofs)));
  return {
    counts: ledger.counts(),
    leaves: ledger.entries.map(({ origin, verdict, by, note }) => ({
      pointer: origin.pointer,
      file: origin.file,
      line: origin.line,
      column: origin.column,
      verdict,
      by,
      note,
      proof: verdict === 'mirrored' ? (proofs.get(by) ?? []) : [],
    })),
  };
}
