import path from 'node:path';
import type { ConfiguredFunction } from '../../model/gateway.ts';

export const defaultMemoryMb = 128;

/** Account of the names that functions are called by. */
const account = '123456789012';

const regionOf = (given: Readonly<Record<string, string | undefined>>): string => given['AWS_REGION'] ?? given['AWS_DEFAULT_REGION'] ?? 'us-east-1';

export const arnOf = (name: string, given: Readonly<Record<string, string | undefined>>): string =>
  `arn:aws:lambda:${regionOf(given)}:${account}:function:${name}`;

/**
 * What a function finds in its environment: what devgateway was started with, then what production sets, then what its settings say. A copy:
 * what one function changes, neither the gateway nor another one sees.
 */
export function functionEnvironment(
  name: string,
  settings: ConfiguredFunction,
  folder: string,
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined && !key.startsWith('DEVGATEWAY_')) environment[key] = value;
  const region = regionOf(given);
  return Object.assign(
    environment,
    {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.', 1)[0]}.x`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb ?? defaultMemoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'devgateway',
      LAMBDA_TASK_ROOT: folder,
      TZ: ':UTC',
      ...(typeof settings.function === 'string' ? { _HANDLER: path.basename(settings.function) } : {}),
    },
    settings.environment,
  );
}
