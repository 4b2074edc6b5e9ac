import type { StepKind } from '../../../engine/kit.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { ownFault } from '../../../model/fault.ts';
import { mediaType } from '../mapping/content.ts';
import { compileModel } from './explain.ts';
import type { ModelSchema } from './read-models.ts';

export interface BodyModels {
  /** By media type, lower-case; `$default` counts where no other does. */
  readonly models: Readonly<Record<string, ModelSchema>>;
}

/**
 * Holds the body of a request against the model of its content type; one of another type passes. No type is that of JSON, and no body is `{}`.
 * Sources: the developer guide (request validation), recorded answers (a GET without a body fails too).
 */
export const bodyStep: StepKind<BodyModels> = {
  kind: 'aws-rest/body-model',
  create({ models }) {
    const compiled = new Map(Object.entries(models).map(([type, model]) => [type, compileModel(model)]));
    return (exchange): Outcome | Promise<Outcome> => {
      const model = compiled.get(mediaType(exchange.arrived.headers.get('content-type')) || 'application/json') ?? compiled.get('$default');
      if (model === undefined) return undefined;
      return exchange.body.whole().then((bytes) => {
        const value = parsed(bytes.toString('utf8'));
        if (value === undefined) return refuse(ownFault('aws-rest/invalid-body', { detail: '' }));
        return model.judge(value.json) === undefined ? undefined : refuse(ownFault('aws-rest/invalid-body', { detail: model.explain(value.json) }));
      });
    };
  },
};

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text.trim() === '' ? '{}' : text) as unknown };
  } catch {
    return undefined;
  }
}
